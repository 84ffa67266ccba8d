#!/usr/bin/env node
import { run } from './cli/command-line.ts';

process.exitCode = await run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  env: process.env,
  color: process.stderr.isTTY === true && !process.env['NO_COLOR'],
});
