import { endpoints } from './catalog.ts';
import { defineEndpoint, type Endpoint } from './endpoint.ts';
import { openApi } from './open-api.ts';

/** Made from the catalog, so it is none of its entries. */
export const openApiEndpoint: Endpoint = defineEndpoint({
  method: 'GET',
  path: '/api/v1/openapi.json',
  summary: 'this API, described for programs (OpenAPI 3.1)',
  access: 'open',
  answers: { 200: { type: 'object' } },
  answer: () => ({ status: 200, body: openApi([...endpoints, openApiEndpoint]) }),
});
