import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { addressOf, listen } from './listen.ts';

export interface HttpBackend {
  /** As lb.yaml spells it. */
  readonly address: string;
  /** Breaks every connection and stops listening, as a killed process does. */
  kill(): Promise<void>;
}

/** A backend of well-formed HTTP by `node:http`, for what needs no fault. */
export async function startHttpBackend(
  handler: RequestListener,
  bind = '127.0.0.1:0',
): Promise<HttpBackend> {
  const server = createServer(handler);
  await listen(server, bind);
  const kill = async () => {
    const closed = new Promise((resolve) => server.close(resolve)); // with an error when already closed
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(kill);
  return { address: addressOf(server), kill };
}

/** What {@link startEchoBackend} tells about the request it got. */
export interface Echo {
  readonly backend: string;
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly bodyBytes: number;
  readonly bodySha256: string;
}

/** Answers every request, once its body has been read, with what arrived as JSON. */
export function startEchoBackend(backend = 'echo', bind = '127.0.0.1:0'): Promise<HttpBackend> {
  return startHttpBackend((request, response) => {
    const hash = createHash('sha256');
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
      hash.update(chunk);
    });
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const bodySha256 = hash.digest('hex');
      const echo: Echo = { backend, method, target, headers, bodyBytes, bodySha256 };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(echo));
    });
  }, bind);
}
