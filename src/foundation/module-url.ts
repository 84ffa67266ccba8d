import { pathToFileURL } from 'node:url';

/**
 * Where to import a module of the operator's from. Node keeps for ever what it has imported from a URL, so each content
 * has a URL of its own.
 *
 * @param content a digest of what the file holds.
 */
export function moduleUrl(path: string, content: string): string {
  const url = pathToFileURL(path);
  url.searchParams.set('content', content);
  return url.href;
}
