import { unreachable } from '../foundation/unreachable.ts';
import type { Access, Endpoint } from './endpoint.ts';
import type { Field, Fields } from './fields.ts';
import { problem, type Shape, text } from './shapes.ts';

type JsonMap = Readonly<Record<string, unknown>>;

const rights: Readonly<Record<Access, string>> = {
  open: 'Anybody who can connect may ask.',
  read: 'Over the admin address: on loopback anybody may ask, elsewhere whoever has the token.',
  change: 'Over the admin address: whoever has the token may ask.',
  local: 'Over the control socket only.',
};

/** Describes the API for programs: OpenAPI 3.1. */
export function openApi(endpoints: readonly Endpoint[]): JsonMap {
  const paths: Record<string, Record<string, JsonMap>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operationOf(endpoint),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'lb',
      version: '1',
      description: 'What a running lb tells, and what it can be told.',
    },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function operationOf(endpoint: Endpoint): JsonMap {
  const { access, summary, answers } = endpoint;
  return {
    summary,
    description: rights[access],
    ...(access === 'open' || access === 'local' ? {} : { security: [{ token: [] }, {}] }),
    parameters: [...pathParameters(endpoint.path), ...queryParameters(endpoint.query)],
    ...bodyOf(endpoint.body),
    responses: Object.fromEntries(
      Object.entries({ ...commonAnswers(endpoint), ...answers }).map(([status, shape]) => [
        status,
        { description: descriptionOf(Number(status)), content: jsonOf(shape) },
      ]),
    ),
  };
}

/** What every endpoint of its kind may answer, too. */
export function commonAnswers({ access }: Pick<Endpoint, 'access'>): Record<number, Shape> {
  const refused = access === 'open' ? {} : { 401: problem, 403: problem, 503: problem };
  return { 400: problem, ...refused };
}

function descriptionOf(status: number): string {
  const words: Readonly<Record<number, string>> = {
    200: 'so it is, or so it was done',
    400: 'the request cannot be understood',
    401: 'the token is missing, or another one',
    403: 'it is not allowed from here',
    404: 'there is no such pool or backend',
    409: 'it cannot be done as things are',
    422: 'the configuration is invalid',
    503: 'not now',
  };
  return words[status] ?? 'otherwise';
}

function pathParameters(path: string): readonly JsonMap[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }));
}

function queryParameters(query: Fields): readonly JsonMap[] {
  return Object.entries(query).map(([name, field]) => ({
    name,
    in: 'query',
    required: field.required === true,
    description: field.help,
    schema: schemaOf(field),
  }));
}

function bodyOf(body: Fields): JsonMap {
  const fields = Object.entries(body);
  if (fields.length === 0) return {};
  const required = fields.filter(([, field]) => field.required === true).map(([name]) => name);
  const schema = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { ...schemaOf(field), description: field.help }]),
    ),
    required,
  };
  return { requestBody: { required: required.length > 0, content: jsonOf(schema) } };
}

function jsonOf(schema: object): JsonMap {
  return { 'application/json': { schema } };
}

/** A field as JSON Schema. */
export function schemaOf(field: Field): JsonMap {
  switch (field.type) {
    case 'text':
      return { type: 'string', maxLength: field.maxLength };
    case 'integer':
      return { type: 'integer', minimum: field.minimum, maximum: field.maximum };
    case 'flag':
      return { type: 'boolean' };
    case 'word':
      return { enum: field.words };
    case 'texts':
      return {
        type: 'array',
        maxItems: field.maxItems,
        items: { type: 'string', maxLength: field.maxLength },
      };
    default:
      return unreachable(field);
  }
}
