import { ByteWriter } from '../../src/foundation/byte-writer.ts';
import { compileEdits, type HeadEdits, NO_EDITS } from '../../src/http1/head-edits.ts';
import type { ResponseHead } from '../../src/http1/response-head.ts';
import { type ForwardedFields, writeRequestHead } from '../../src/http1/write-request.ts';
import { writeResponseHead } from '../../src/http1/write-response.ts';
import { browserRequest, readRequest, readResponse, response, smallRequest } from './heads.ts';
import { measure } from './measure.ts';

// What writing a head costs that was read before, as it is and with a route's edits. The fields about the client are
// left out here: `forwarded.ts` measures them.

const out = new ByteWriter(144 * 1024);
const nothing: ForwardedFields = { dropped: 0, write: () => undefined };
const edits = compileEdits(
  { set: [['X-Tenant', 'blue']], add: [['X-Via-Route', 'api']], remove: ['Cookie', 'Server'] },
  true,
);

const rules = [
  ['', NO_EDITS],
  [', with edits', edits],
] as const;
for (const [suffix, applied] of rules) {
  for (const [name, bytes] of [
    ['small request', smallRequest],
    ['browser request', browserRequest],
  ] as const) {
    const head = readRequest(bytes);
    measure(`${name}${suffix}`, (count) => {
      for (let i = 0; i < count; i++) {
        out.length = 0;
        writeRequestHead(out, head, applied, nothing);
      }
      return out.length;
    });
  }
  measureResponse(`response${suffix}`, readResponse(response), applied);
}

function measureResponse(name: string, head: ResponseHead, applied: HeadEdits): void {
  measure(name, (count) => {
    for (let i = 0; i < count; i++) {
      out.length = 0;
      writeResponseHead(out, head, applied, '');
    }
    return out.length;
  });
}
