import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

/** What became of one request, as its client saw it. */
export type HttpOutcome =
  | 'whole'
  /** lb answered that nobody could. */
  | 'refused'
  /** The response had begun, and broke off. */
  | 'cut'
  /** No response came, or a wrong one: neither is ever right. */
  | 'lost'
  | 'wrong'
  /** The client had enough. */
  | 'left';

export interface HttpAsk {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: Buffer | null;
  readonly agent: Agent | false;
  /** Goes away as soon as the response begins. */
  readonly leaves: boolean;
  isRight(body: string): boolean;
}

export interface HttpResult {
  readonly outcome: HttpOutcome;
  /** Body of the response, or what broke it off. */
  readonly text: string;
}

type Tell = (outcome: HttpOutcome, text: string) => void;

/** Sends one request by Node's own client. */
export function ask(address: string, how: HttpAsk): Promise<HttpResult> {
  const { method, path, agent, body, leaves, isRight } = how;
  return new Promise((resolve) => {
    const tell: Tell = (outcome, text) => resolve({ outcome, text });
    const asked = request(`http://${address}${path}`, { method, agent });
    asked.on('error', ({ message }) => tell('lost', message));
    asked.on('response', (response) => {
      if (leaves && response.statusCode === 200) leave(asked, response, tell);
      else read(response, isRight, tell);
    });
    asked.end(body ?? undefined);
  });
}

function leave(asked: ClientRequest, response: IncomingMessage, tell: Tell): void {
  response.on('error', () => undefined).on('close', () => tell('left', ''));
  asked.destroy();
}

function read(response: IncomingMessage, isRight: HttpAsk['isRight'], tell: Tell): void {
  let text = '';
  response.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('error', ({ message }) => tell('cut', message));
  response.on('end', () => {
    if (response.statusCode !== 200) tell('refused', text);
    else tell(isRight(text) ? 'whole' : 'wrong', text);
  });
}
