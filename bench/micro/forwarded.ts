import { randomFillSync, randomUUID } from 'node:crypto';
import { ByteWriter } from '../../src/foundation/byte-writer.ts';
import { NO_EDITS } from '../../src/http1/head-edits.ts';
import { HeadParser } from '../../src/http1/head-parser.ts';
import { RequestHead } from '../../src/http1/request-head.ts';
import { type ForwardedFields, writeRequestHead } from '../../src/http1/write-request.ts';
import { type ForwardedOptions, ForwardedPolicy } from '../../src/middleware/forwarded.ts';
import { RequestIds } from '../../src/middleware/request-id.ts';
import { TrustedProxies } from '../../src/middleware/trusted-proxies.ts';
import { measure } from './measure.ts';

// What the fields about the client add to writing a request head, and what an id costs. A line below the first one
// contains the first one.

const limits = { headerBytes: 65_536, headerCount: 100, targetBytes: 8192 };

function headOf(...fields: readonly string[]): RequestHead {
  const lines = ['GET /v1/users/1234 HTTP/1.1', 'Host: api.example.com', 'Accept: */*', ...fields];
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const head = new RequestHead(new HeadParser('request'));
  head.parser.reset(limits);
  head.parser.consume(bytes, 0, bytes.length);
  if (head.read() !== null) throw new Error('Cannot measure: the head is refused');
  return head;
}

const plain = headOf();
const proxied = headOf(
  'X-Forwarded-For: 203.0.113.7, 10.0.0.2',
  'X-Forwarded-Proto: https',
  'X-Request-ID: 5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c',
);
const standard: ForwardedOptions = {
  xForwardedFor: true,
  xForwardedProto: true,
  xForwardedHost: true,
  xForwardedPort: true,
  forwarded: false,
  requestId: true,
};
const ids = new RequestIds(randomFillSync);
const trusted = new TrustedProxies(['10.0.0.0/8']);
const fieldsOf = (options: ForwardedOptions, peer: string) =>
  new ForwardedPolicy(options, 8080, trusted, ids).fieldsFor(peer);

const out = new ByteWriter(144 * 1024);
const nothing: ForwardedFields = { dropped: 0, write: () => undefined };

measure('a head alone', (times) => {
  for (let i = 0; i < times; i++) {
    out.length = 0;
    writeRequestHead(out, plain, NO_EDITS, nothing);
  }
  return out.length;
});

const cases = [
  ['without an id', { ...standard, requestId: false }, '203.0.113.7', plain],
  ['by default', standard, '203.0.113.7', plain],
  ['with Forwarded', { ...standard, forwarded: true }, '203.0.113.7', plain],
  ['of a trusted proxy', standard, '10.0.0.1', proxied],
] as const;
for (const [name, options, peer, head] of cases) {
  const fields = fieldsOf(options, peer);
  measure(`head and fields, ${name}`, (times) => {
    for (let i = 0; i < times; i++) {
      out.length = 0;
      fields.begin(head);
      writeRequestHead(out, head, NO_EDITS, fields);
    }
    return out.length;
  });
}

// To weigh against joining the lines first.
measure('default fields, a text per line, for comparison', (times) => {
  for (let i = 0; i < times; i++) {
    out.length = 0;
    writeRequestHead(out, plain, NO_EDITS, nothing);
    out.text('X-Forwarded-For: 203.0.113.7\r\n');
    out.text('X-Forwarded-Proto: http\r\n');
    out.text('X-Forwarded-Port: 8080\r\n');
    out.text(`X-Request-ID: ${ids.next()}\r\n`);
    out.text('X-Forwarded-Host: api.example.com\r\n');
  }
  return out.length;
});

measure('an id', (times) => {
  for (let i = 0; i < times; i++) {
    out.length = 0;
    out.text(ids.next());
  }
  return out.length;
});
measure('crypto.randomUUID, for comparison', (times) => {
  for (let i = 0; i < times; i++) {
    out.length = 0;
    out.text(randomUUID());
  }
  return out.length;
});
