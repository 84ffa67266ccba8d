/**
 * The inside of `node:net` that lb steps into: libuv's stream handles, without the socket objects built on them. A
 * socket costs a new connection 15 µs and an idle one 3 KB, and each write half a microsecond, for a stream machinery
 * lb does not use (docs/adr/0005-stream-handles.md). Everything undocumented that lb touches is named in this file and
 * in accept.ts; where a Node release looks different, `uvStreams` is null and lb goes by documented sockets.
 */

/** Answers 0, an error number of libuv (negative), or a request that is told when it is done. */
export type Dispatched = number | WriteRequest;

export interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  stream: unknown;
  /** The kernel may still read from it. */
  buffer: Buffer;
}

/** A connection as libuv knows it: TCP, or a Unix socket (a "pipe"). */
export interface UvHandle {
  /** Called with the handle as `this`; how much was read stands in `UvStreams.state`. Answers the next buffer to read into. */
  onread: (this: UvHandle) => Buffer | undefined;
  /** Its file descriptor; -1 on Windows. */
  readonly fd: number;
  /** Whoever owns the handle; a property of lb's own. */
  stream: unknown;
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: null, bytes: Buffer): Dispatched;
  shutdown(request: ShutdownRequest): number;
  close(onClosed: (this: UvHandle) => void): void;
  // TCP alone:
  reset?(onClosed: (this: UvHandle) => void): number;
  setNoDelay?(on: boolean): number;
  getpeername?(into: { address?: string; port?: number }): number;
}

export interface ShutdownRequest {
  oncomplete: (this: ShutdownRequest, status: number) => void;
  stream: unknown;
}

export interface ConnectRequest {
  oncomplete: (status: number, handle: UvHandle) => void;
}

interface TcpHandle extends UvHandle {
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
}

interface PipeHandle extends UvHandle {
  connect(request: ConnectRequest, path: string): number;
}

interface StreamBinding {
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  /** There since writes make a request only when they have to wait (Node 26). */
  readonly kLastWriteErr?: number;
  readonly ShutdownWrap: new () => ShutdownRequest;
}

interface TcpBinding {
  readonly TCP: new (kind: number) => TcpHandle;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number };
}

interface PipeBinding {
  readonly Pipe: new (kind: number) => PipeHandle;
  readonly PipeConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number };
}

/** What making and using handles takes. */
export interface UvStreams {
  /** Bytes of the read being told, or an error number. */
  readonly state: Int32Array;
  readonly readIndex: number;
  readonly ShutdownRequest: new () => ShutdownRequest;
  readonly tcp: TcpBinding;
  readonly pipe: PipeBinding;
}

/** libuv's number for "the peer has said FIN". */
export const UV_EOF = -4095;

/** null on a Node whose inside lb does not know. */
export const uvStreams: UvStreams | null = find();

function find(): UvStreams | null {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  if (typeof binding !== 'function') return null;
  try {
    const stream = binding('stream_wrap') as StreamBinding;
    const tcp = binding('tcp_wrap') as TcpBinding;
    const pipe = binding('pipe_wrap') as PipeBinding;
    const known =
      stream.streamBaseState instanceof Int32Array &&
      typeof stream.kReadBytesOrError === 'number' &&
      typeof stream.kLastWriteErr === 'number' &&
      [stream.ShutdownWrap, tcp.TCP, tcp.TCPConnectWrap, pipe.Pipe, pipe.PipeConnectWrap].every(
        (made) => typeof made === 'function',
      );
    if (!known) return null;
    const { streamBaseState: state, kReadBytesOrError: readIndex, ShutdownWrap } = stream;
    return { state, readIndex, ShutdownRequest: ShutdownWrap, tcp, pipe };
  } catch {
    return null; // such a binding is gone
  }
}
