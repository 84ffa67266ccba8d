import { type Reason, reasons } from '../foundation/reason.ts';

/** Standard phrases of the statuses lb answers with itself (RFC 9110 §15, RFC 6585). */
const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};

export interface OwnResponseOptions {
  /** The Accept field of the request, '' when there is none: a page for people, JSON for everybody else. */
  readonly accept: string;
  /** For HEAD: the head alone. */
  readonly withoutBody: boolean;
  readonly connection: 'close' | 'keep-alive';
  /** Whether X-LB-Reason repeats what the body says. */
  readonly reasonHeader: boolean;
  /** '' for none. */
  readonly requestId: string;
  /** Whole seconds; told with a 503 only. */
  readonly retryAfterSeconds: number;
}

/** A whole response in lb's own name, saying why: as text of which every character is one byte. */
export function ownResponse(reason: Reason, options: OwnResponseOptions): string {
  const { status, text } = reasons[reason];
  const phrase = PHRASES[status] ?? 'Error';
  const html = options.accept.includes('text/html');
  const body = html
    ? htmlPage(status, phrase, reason, text)
    : jsonBody(status, phrase, reason, text);
  const lines = [
    `HTTP/1.1 ${status} ${phrase}`,
    `Content-Type: ${html ? 'text/html; charset=utf-8' : 'application/json'}`,
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    ...(options.reasonHeader ? [`X-LB-Reason: ${reason}`] : []),
    ...(options.requestId === '' ? [] : [`X-Request-ID: ${options.requestId}`]),
    ...(status === 503 ? [`Retry-After: ${options.retryAfterSeconds}`] : []),
    `Connection: ${options.connection}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${options.withoutBody ? '' : body}`;
}

function jsonBody(status: number, phrase: string, reason: Reason, text: string): string {
  return `${JSON.stringify({ status, error: phrase, reason, message: text })}\n`;
}

// Reasons and their sentences are lb's own constants: nothing of the request is repeated, so nothing needs escaping.
function htmlPage(status: number, phrase: string, reason: Reason, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${status} ${phrase}</title></head>
<body><h1>${status} ${phrase}</h1><p>The load balancer says: ${text}.</p><p><code>${reason}</code></p></body>
</html>
`;
}
