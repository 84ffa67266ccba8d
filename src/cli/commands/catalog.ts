import type { Command } from '../command.ts';
import { check } from './check.ts';
import { demo } from './demo.ts';
import { start } from './start.ts';

/** Every sub-command, in the order of the usage. A new one is a file beside this one and a word here. */
export const commands: readonly Command[] = [start, check, demo];
