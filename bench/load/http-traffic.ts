import { smallBytes, smallPath } from './backends.ts';
import type { Traffic } from './load-generator.ts';

export interface HttpTraffic {
  readonly connections: number;
  readonly connectionEach?: boolean;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  /** Host is added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly requestBody?: Buffer;
  readonly responseBody?: Buffer;
}

export const smallBody = Buffer.alloc(smallBytes, 'x');

/** HTTP/1.1 requests, all alike; without more said, GET requests on kept connections for the small response. */
export function httpTraffic({
  connections,
  connectionEach = false,
  method = 'GET',
  path = smallPath,
  headers = {},
  requestBody = Buffer.alloc(0),
  responseBody = smallBody,
}: HttpTraffic): Traffic {
  const fields = Object.entries({
    Host: 'shop.example.com',
    ...headers,
    ...(method === 'POST' ? { 'Content-Length': String(requestBody.length) } : {}),
  });
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
  ];
  return {
    connections,
    connectionEach,
    opening: Buffer.alloc(0),
    request: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), requestBody]),
    answer: { kind: 'http', bytes: responseBody },
  };
}
