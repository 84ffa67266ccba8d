import { HeadParser } from '../../src/http1/head-parser.ts';
import { RequestHead } from '../../src/http1/request-head.ts';
import { ResponseHead } from '../../src/http1/response-head.ts';
import { browserRequest, headLimits, response, smallRequest } from './heads.ts';
import { measure } from './measure.ts';

// What reading a head costs: finding its fields, and then what they mean (which makes the strings of host and path).

const requestParser = new HeadParser('request');
const requestHead = new RequestHead(requestParser);
const responseParser = new HeadParser('response');
const responseHead = new ResponseHead(responseParser);

function parse(parser: HeadParser, bytes: Buffer): void {
  parser.reset(headLimits);
  if (parser.consume(bytes, 0, bytes.length) !== bytes.length) {
    throw new Error(`Cannot measure: ${parser.violation}`);
  }
}

function parseInPieces(parser: HeadParser, bytes: Buffer): void {
  const cut = bytes.length >> 1;
  parser.reset(headLimits);
  parser.consume(bytes, 0, cut);
  if (parser.consume(bytes, cut, bytes.length) !== bytes.length) {
    throw new Error(`Cannot measure: ${parser.violation}`);
  }
}

for (const [name, bytes] of [
  ['small request', smallRequest],
  ['browser request', browserRequest],
] as const) {
  measure(`${name}, parse`, (count) => {
    for (let i = 0; i < count; i++) parse(requestParser, bytes);
    return requestParser.fields.count;
  });
  measure(`${name}, parse and understand`, (count) => {
    let refused = 0;
    for (let i = 0; i < count; i++) {
      parse(requestParser, bytes);
      if (requestHead.read() !== null) refused++;
    }
    return refused;
  });
}
measure('browser request in two pieces, parse', (count) => {
  for (let i = 0; i < count; i++) parseInPieces(requestParser, browserRequest);
  return requestParser.fields.count;
});
measure('response, parse', (count) => {
  for (let i = 0; i < count; i++) parse(responseParser, response);
  return responseParser.fields.count;
});
measure('response, parse and understand', (count) => {
  let refused = 0;
  for (let i = 0; i < count; i++) {
    parse(responseParser, response);
    if (responseHead.read('GET') !== null) refused++;
  }
  return refused;
});
