import { HeadParser } from '../http1/head-parser.ts';
import { RequestHead } from '../http1/request-head.ts';
import { ResponseHead } from '../http1/response-head.ts';

/** More spare heads than are ever being read at once in one turn of the event loop; slow clients hold their own. */
const MAX_SPARE = 128;

/** Heads being read: taken at a head's first byte, given back as soon as it is passed on. An idle connection has none. */
export class HeadPool {
  readonly #requests: RequestHead[] = [];
  readonly #responses: ResponseHead[] = [];

  takeRequest(): RequestHead {
    return this.#requests.pop() ?? new RequestHead(new HeadParser('request'));
  }

  releaseRequest(head: RequestHead): void {
    if (this.#requests.length < MAX_SPARE) this.#requests.push(head);
  }

  takeResponse(): ResponseHead {
    return this.#responses.pop() ?? new ResponseHead(new HeadParser('response'));
  }

  releaseResponse(head: ResponseHead): void {
    if (this.#responses.length < MAX_SPARE) this.#responses.push(head);
  }
}
