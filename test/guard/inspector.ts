import { once } from 'node:events';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A client of the inspector of another Node process (`--inspect=127.0.0.1:PORT`): one call at a time. */
export class Inspector {
  readonly #socket: WebSocket;
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[]; // Node's own answer
    const socket = new WebSocket(target!.webSocketDebuggerUrl); // a Node process has exactly one target
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** @returns what the protocol names as the method's result; the caller knows its type. */
  async call<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#lastId;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = (await once(this.#socket, 'message')) as [{ readonly data: string }]; // text frames only
      const answer: Answer = JSON.parse(data);
      if (answer.id !== id) continue; // an event
      if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
      return answer.result as Result; // by the contract above
    }
  }

  /** Bytes that the process has ever allocated on the V8 heap. */
  async allocatedBytes(): Promise<number> {
    const expression =
      "process.getBuiltinModule('v8').getHeapStatistics().total_allocated_bytes ?? NaN";
    const { result } = await this.call<{ result: { value: number } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  close(): void {
    this.#socket.close();
  }
}
