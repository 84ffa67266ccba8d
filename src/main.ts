#!/usr/bin/env -S node --no-maglev
import { run } from './cli/command-line.ts';

// No `await` here: the bundle is CommonJS, which starts faster and knows none at this level.
void run(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  env: process.env,
  get terminal() {
    return process.stdout.isTTY === true;
  },
  get color() {
    return process.stderr.isTTY === true && !process.env['NO_COLOR'];
  },
}).then((code) => {
  process.exitCode = code;
});
