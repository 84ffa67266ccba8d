import { readFileSync, readlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import type { Address } from '../foundation/address.ts';

/**
 * Where a server listens that was given a descriptor rather than an address.
 *
 * @returns the path '' for a Unix socket that has none in the file system, or whose path the kernel does not tell.
 */
export function descriptorAddress(server: Server, descriptor: number): Address {
  const bound = server.address();
  if (bound !== null && typeof bound === 'object') {
    return { kind: 'tcp', host: bound.address, port: bound.port };
  }
  return { kind: 'unix', path: unixPath(descriptor) };
}

/** Node knows the path of a Unix socket only where it has bound it; Linux lists them all by inode (proc(5)). */
function unixPath(descriptor: number): string {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
    const rows = readFileSync('/proc/self/net/unix', 'utf8').split('\n');
    // Num RefCount Protocol Flags Type St Inode Path
    const row = rows.map((line) => line.trim().split(/ +/)).find((cells) => cells[6] === inode);
    const path = row?.slice(7).join(' ') ?? '';
    return path.startsWith('/') ? path : '';
  } catch {
    return ''; // not Linux
  }
}
