/**
 * Whether a hosts file (`hosts(5)`: an address, then its names, `#` begins a comment) has a line about a name.
 *
 * @param host in lower case.
 */
export function isInHostsFile(text: string, host: string): boolean {
  const name = host.replace(/\.$/, '');
  return text.split('\n').some((line) => {
    const [, ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/);
    return names.includes(name);
  });
}
