import { join } from 'node:path';
import { compile } from '../programs.ts';
import { findTool } from '../tools.ts';
import type { Peer } from './peer.ts';

/** Relays bytes and does nothing else: what the system calls alone cost. It neither parses nor logs. */
export const floor: Peer = {
  name: 'floor',

  find: (job) => {
    if (job === 'reload') return 'it has no configuration';
    const compiler = findTool('cc', '--version');
    if (compiler === null) return 'no C compiler is installed (gcc)';
    return { ...compiler, version: `(cc ${compiler.version})` };
  },

  prepare: async (tool, { directory, port, backends }) => {
    const source = join(import.meta.dirname, 'relay.c');
    const program = compile(tool, source, directory);
    return [program, String(port), ...backends.map((address) => address.replace('127.0.0.1:', ''))];
  },

  reloadSignal: null,
};
