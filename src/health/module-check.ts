import type { Endpoint } from '../backend/endpoint.ts';
import { formatAddress } from '../foundation/address.ts';
import { moduleUrl } from '../foundation/module-url.ts';
import { defineCheck, failed, PASSED, type Probe, type ProbeOwner } from './check.ts';
import type { CheckFunction, CheckTarget } from './check-function.ts';

export interface ModuleCheckOptions {
  /** Absolute path of an ES module that exports {@link CheckFunction} as `probe`. */
  readonly module: string;
  /** A digest of what the file held when the configuration was read. */
  readonly content: string;
}

/** @throws when the file cannot be imported or exports no function `probe`; the message says which. */
export async function importCheck(path: string, content: string): Promise<CheckFunction> {
  const exported: { readonly probe?: unknown } = await import(moduleUrl(path, content));
  if (typeof exported.probe !== 'function') throw new Error('it exports no function named probe');
  return exported.probe as CheckFunction; // what it takes and gives, only calling it can tell
}

class ModuleProbe implements Probe {
  readonly #options: ModuleCheckOptions;
  readonly #endpoint: Endpoint;
  readonly #owner: ProbeOwner;
  /** Of the probe that is running; null between two. */
  #running: AbortController | null = null;

  constructor(options: ModuleCheckOptions, endpoint: Endpoint, owner: ProbeOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#endpoint = endpoint;
  }

  start(): void {
    const controller = new AbortController();
    this.#running = controller;
    const finish = (why: string | null) => {
      if (this.#running !== controller) return;
      this.#running = null;
      this.#owner.onProbed(why === null ? PASSED : failed(why));
    };
    this.#call(controller.signal).then(
      () => finish(null),
      (error: unknown) => finish(error instanceof Error ? error.message : String(error)),
    );
  }

  /** Importing again costs nothing: the module was loaded with the configuration. */
  async #call(signal: AbortSignal): Promise<void> {
    const { module, content } = this.#options;
    const probe = await importCheck(module, content);
    await probe(targetOf(this.#endpoint), signal);
  }

  abort(): void {
    this.#running?.abort();
    this.#running = null;
  }
}

function targetOf({ address, target }: Endpoint): CheckTarget {
  const at = target ?? address;
  return {
    address: formatAddress(address),
    host: at.kind === 'tcp' ? at.host : '',
    port: at.kind === 'tcp' ? at.port : 0,
    path: at.kind === 'unix' ? at.path : '',
  };
}

/** Asks a function of the operator's own, in this process. */
export const moduleCheck = defineCheck({
  name: 'module', // in lb.yaml it is the path, as in `type: ./my-check.js`
  optionSchemas: {},
  build: (options: ModuleCheckOptions, endpoint, _services, owner) =>
    new ModuleProbe(options, endpoint, owner),
});
