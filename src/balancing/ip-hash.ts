import { defineAlgorithm, type Picker, type Target } from './algorithm.ts';
import { RendezvousTable } from './structures/rendezvous-table.ts';

interface IpHashOptions {
  readonly ipv6_prefix: number;
}

class IpHashPicker implements Picker {
  readonly #table: RendezvousTable;

  constructor(eligible: readonly Target[], previous: Picker | null) {
    const before = previous instanceof IpHashPicker ? previous.#table : null;
    this.#table = new RendezvousTable(eligible, before);
  }

  pick(key: number): number {
    return this.#table.owner(key);
  }
}

/**
 * The same client to the same backend as long as that is there, with nothing remembered: any lb with the same backends
 * agrees. A change of the eligible set moves only what it must.
 */
export const ipHash = defineAlgorithm({
  name: 'ip_hash',
  optionsSchema: {
    type: 'object',
    properties: { ipv6_prefix: { type: 'integer', minimum: 1, maximum: 128, default: 128 } },
    additionalProperties: false,
  },
  weighted: true,
  key: ({ ipv6_prefix }: IpHashOptions) => ({
    of: 'client_ip',
    name: '',
    ipv6Prefix: ipv6_prefix,
  }),
  build: (eligible, _options, { previous }) => new IpHashPicker(eligible, previous),
});
