import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { endpoints } from '../../src/api/catalog.ts';
import { webConfig } from '../helpers/lb-config.ts';
import { type OperatedLb, startOperated } from '../helpers/operated-lb.ts';
import { connectRaw } from '../helpers/raw-client.ts';
import { writeConfig } from '../helpers/start-lb.ts';

type Call = readonly [method: string, template: string, values?: string, body?: object];

const BACKEND = '/api/v1/pools/{pool}/backends/{backend}';
const backends = ['a', 'b'].map((name, n) => ({ name, address: `127.0.0.1:${n + 1}` }));
const config = webConfig([], { pool: { algorithm: 'weighted_random', backends } });

/** Together they are answered with every status that the catalog lists. */
const calls: readonly Call[] = [
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/status'],
  ['POST', '/api/v1/explain', '', { method: 'GET', url: '/', headers: ['X-A: 1'] }],
  ['POST', '/api/v1/explain', '', { method: 'GET', url: 'http://a b/' }],
  ['POST', '/api/v1/explain', '', { method: 'GET', url: '/', listener: 'wob' }],
  ['GET', BACKEND, 'app a'],
  ['GET', BACKEND, 'app x'],
  ['PUT', `${BACKEND}/order`, 'app a', { order: 'draining', why: 'test' }],
  ['PUT', `${BACKEND}/order`, 'app x', { order: 'draining' }],
  ['PUT', `${BACKEND}/order`, 'app a', { order: 'up' }],
  ['PUT', `${BACKEND}/weight`, 'app a', { weight: 7 }],
  ['PUT', `${BACKEND}/weight`, 'x a', { weight: 7 }],
  ['PUT', `${BACKEND}/weight`, 'plain c', { weight: 7 }],
  ['POST', '/api/v1/pools/{pool}/backends', 'app', { address: '127.0.0.1:3', name: 'd' }],
  ['POST', '/api/v1/pools/{pool}/backends', 'app', { address: '127.0.0.1:3', name: 'd' }],
  ['POST', '/api/v1/pools/{pool}/backends', 'x', { address: '127.0.0.1:3', name: 'd' }],
  ['GET', '/api/v1/status'],
  ['DELETE', BACKEND, 'app d'],
  ['DELETE', BACKEND, 'app d'],
  ['DELETE', BACKEND, 'app a'],
  ['DELETE', BACKEND, 'app b'],
  ['GET', '/api/v1/status'],
  ['POST', `${BACKEND}/reset`, 'app a', {}],
  ['POST', `${BACKEND}/reset`, 'app x', {}],
  ['PUT', `${BACKEND}/order`, 'app b', { order: 'maintenance' }],
  ['PUT', `${BACKEND}/order`, 'app a', { order: 'maintenance' }],
  ['PUT', `${BACKEND}/order`, 'plain c', { order: 'maintenance' }],
  ['PUT', `${BACKEND}/order`, 'plain d', { order: 'maintenance' }],
  ['PUT', '/api/v1/log-level', '', { level: 'debug', why: 'test' }],
  ['PUT', '/api/v1/log-level', '', { level: 'loud' }],
  ['GET', '/readyz'],
];

/** Fills the parameters of a path in, one after the other. */
function fill(template: string, values = ''): string {
  const rest = values.split(' ');
  return template.replace(/\{\w+\}/g, () => rest.shift() ?? '');
}

async function describe(operated: OperatedLb) {
  const { body: document } = await operated.api('GET', '/api/v1/openapi.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const seen = new Set<string>();
  const check = async ([method, template, values, body]: Call, query = '') => {
    const answer = await operated.api(method, fill(template, values) + query, body);
    const operation = document.paths[template]?.[method.toLowerCase()];
    const what = `${method} ${template} ${answer.status}`;
    const schema = operation?.responses[answer.status]?.content['application/json'].schema;
    expect(schema, `${what} is described`).toBeDefined();
    const isValid = ajv.validate(schema, answer.body);
    expect(isValid, `${what}: ${ajv.errorsText()} in ${JSON.stringify(answer.body)}`).toBe(true);
    seen.add(what);
    return answer;
  };
  return { document, seen, check };
}

it('describes every endpoint, and every answer of each as it is', async () => {
  const plain = {
    backends: [
      { name: 'c', address: '127.0.0.1:3' },
      { name: 'd', address: '127.0.0.1:4' },
    ],
    health_check: 'off',
  };
  const pools = { ...config.pools, plain };
  const operated = await startOperated({ ...config, pools });
  const { document, seen, check } = await describe(operated);
  // Something to remember: nobody listens behind either backend.
  const client = await connectRaw(operated.lb.address('web'));
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  expect((await client.response()).status).toBe(502);
  const { body: remembered } = await check(['GET', '/api/v1/exchanges']);
  expect(remembered.exchanges).toHaveLength(1);
  for (const call of calls) await check(call);
  // A reset that would leave nothing of the pool.
  await operated.api('DELETE', '/api/v1/pools/plain/backends/c');
  await operated.api('POST', '/api/v1/pools/plain/backends', { address: '127.0.0.1:5', name: 'e' });
  await operated.api('DELETE', '/api/v1/pools/plain/backends/d');
  const refused = await check(['POST', `${BACKEND}/reset`, 'plain e', {}]);
  expect(refused.body.message).toContain('must come first');
  await check(['POST', '/api/v1/reload', '', { why: 'test' }]);
  const planned = `?path=${encodeURIComponent(writeConfig(config))}`;
  await check(['GET', '/api/v1/plan'], planned);
  await check(['GET', '/api/v1/plan'], '?path=/no/such/file');
  operated.write({ ...config, pools, global: { log: { output: '/no/such/folder/lb.log' } } });
  await check(['POST', '/api/v1/reload', '', {}]);
  operated.write({ ...config, pools: {} });
  await check(['POST', '/api/v1/reload', '', {}]);
  const listed = endpoints.flatMap(({ method, path, answers }) =>
    Object.keys(answers).map((status) => `${method} ${path} ${status}`),
  );
  expect([...seen]).toEqual(expect.arrayContaining(listed));
  expect(document.openapi).toBe('3.1.0');
  for (const { method, path } of endpoints) {
    expect(document.paths[path][method.toLowerCase()]).toBeDefined();
  }
});
