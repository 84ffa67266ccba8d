import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../tools.ts';
import type { Peer } from './peer.ts';

/** Relays bytes and does nothing else: what the system calls alone cost. It neither parses nor logs. */
export const floor: Peer = {
  name: 'floor',

  find: () => {
    const compiler = findTool('cc', '--version');
    return compiler && { ...compiler, version: `(cc ${compiler.version})` };
  },

  prepare: async (tool, { directory, port, backendPorts }) => {
    const program = join(directory, 'relay');
    const source = join(import.meta.dirname, 'relay.c');
    await promisify(execFile)(tool.command, ['-O2', '-o', program, source]);
    return [program, String(port), ...backendPorts.map(String)];
  },
};
