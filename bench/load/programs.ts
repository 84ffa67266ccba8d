import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Tool } from './tools.ts';

/** Compiled from `programs/`; paths. */
export interface Programs {
  /** The load generator. */
  readonly load: string;
  /** The backends of what is not HTTP. */
  readonly echo: string;
}

/** @param directory takes the programs. */
export function compilePrograms(compiler: Tool, directory: string): Programs {
  const sources = join(import.meta.dirname, 'programs');
  return {
    load: compile(compiler, join(sources, 'load.c'), directory),
    echo: compile(compiler, join(sources, 'echo.c'), directory),
  };
}

/** @returns the program, which is named like its source. */
export function compile(compiler: Tool, source: string, directory: string): string {
  const program = join(directory, basename(source, '.c'));
  execFileSync(compiler.command, ['-O2', '-Wall', '-o', program, source]);
  return program;
}
