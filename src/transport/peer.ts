/** The address of a peer as lb writes it: IPv4 clients of a dual-stack listener appear as `::ffff:1.2.3.4`. '' for none. */
export function peerOf(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
