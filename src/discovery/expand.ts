import { type Address, hasName } from '../foundation/address.ts';

/** What a name with several addresses becomes: one backend at one of them, or one backend at each. */
export type ResolveMode = 'one' | 'all';

export interface Member {
  readonly name: string;
  readonly address: Address;
  readonly resolve: ResolveMode;
}

/**
 * The backends of a pool, with those of mode `all` replaced by one for each address of their name: `NAME@ADDRESS`, so
 * that a backend keeps its name, and with it its clients, for as long as it keeps its address. A name that has never
 * resolved stands for itself.
 */
export function expand<M extends Member>(
  members: readonly M[],
  addressesOf: (host: string) => readonly string[],
): readonly M[] {
  return members.flatMap((member) => {
    const { name, address, resolve } = member;
    if (resolve === 'one' || !hasName(address)) return [member];
    const hosts = addressesOf(address.host);
    if (hosts.length === 0) return [member];
    return hosts.map((host) => ({
      ...member,
      name: `${name}@${host}`,
      address: { ...address, host },
    }));
  });
}
