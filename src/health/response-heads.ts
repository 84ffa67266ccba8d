import { HeadParser } from '../http1/head-parser.ts';
import { ResponseHead } from '../http1/response-head.ts';

/** Heads for the responses that probes are reading now; as many as probes ever ran at once, not one per backend. */
export class ResponseHeads {
  readonly #spare: ResponseHead[] = [];

  take(): ResponseHead {
    return this.#spare.pop() ?? new ResponseHead(new HeadParser('response'));
  }

  release(head: ResponseHead): void {
    this.#spare.push(head);
  }
}
