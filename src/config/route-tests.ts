import type { RouteTestDocument } from './config-document.ts';
import type { RouteTestConfig } from './snapshot.ts';

/** @param document checked: the request is a method and a URL. */
export function buildRouteTest(document: RouteTestDocument): RouteTestConfig {
  const { request, headers, listener, expect } = document;
  const space = request.indexOf(' ');
  return {
    request: {
      method: request.slice(0, space),
      url: request.slice(space + 1),
      fields: Object.entries(headers),
    },
    listener: listener ?? null,
    expect:
      typeof expect === 'string'
        ? { outcome: 'refused', reason: expect }
        : { outcome: 'routed', route: expect.route ?? null, pool: expect.pool ?? null },
  };
}

/** The inverse of {@link buildRouteTest}. */
export function describeRouteTest({
  request,
  listener,
  expect,
}: RouteTestConfig): RouteTestDocument {
  return {
    request: `${request.method} ${request.url}`,
    headers: Object.fromEntries(request.fields),
    ...(listener === null ? {} : { listener }),
    expect:
      expect.outcome === 'refused'
        ? expect.reason
        : {
            ...(expect.route === null ? {} : { route: expect.route }),
            ...(expect.pool === null ? {} : { pool: expect.pool }),
          },
  };
}
