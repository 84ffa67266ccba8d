import { onTestFinished } from 'vitest';

/** A handle of libuv, which binds without accepting: what systemd does, and `net.Server` cannot. */
interface BindableHandle {
  readonly fd: number;
  bind(address: string, port?: number): number;
  getsockname?(into: { port?: number }): number;
  close(): void;
}

interface Binding {
  readonly TCP?: new (kind: number) => BindableHandle;
  readonly Pipe?: new (kind: number) => BindableHandle;
  readonly constants: { readonly SERVER: number };
}

/** A bound socket that this process holds open and never accepts from; it is closed when the test ends. */
export interface HeldSocket {
  readonly descriptor: number;
  /** As lb.yaml spells it. */
  readonly address: string;
}

const { binding } = process as unknown as { binding: (name: string) => Binding };

/** On a free port. */
export function holdSocket(host = '127.0.0.1'): HeldSocket {
  const { TCP, constants } = binding('tcp_wrap');
  const handle = bound(new TCP!(constants.SERVER), host, 0); // its own binding has it
  const name: { port?: number } = {};
  handle.getsockname?.(name);
  return { descriptor: handle.fd, address: `${host}:${name.port}` };
}

export function holdUnixSocket(path: string): HeldSocket {
  const { Pipe, constants } = binding('pipe_wrap');
  const handle = bound(new Pipe!(constants.SERVER), path); // its own binding has it
  return { descriptor: handle.fd, address: `unix:${path}` };
}

function bound(handle: BindableHandle, ...where: [string, number?]): BindableHandle {
  onTestFinished(() => handle.close());
  const status = handle.bind(...where);
  if (status !== 0) throw new Error(`Cannot bind ${where.join(':')}: ${status}`);
  return handle;
}
