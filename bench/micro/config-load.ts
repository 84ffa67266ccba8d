import { type ParseInput, parseConfig } from '../../src/config/load.ts';

/*
 * How long a large configuration takes from bytes to snapshot: 10,000 routes over 1,000 pools with 10,000 backends.
 * Run with `node bench/micro/config-load.ts`.
 */

const routes = Array.from({ length: 10_000 }, (_, n) =>
  [
    `      - name: route-to-${n}`,
    `        match: { host: [h${n}.example.com], path: /v${n}/, methods: [GET, POST] }`,
    `        pool: pool-${n % 1000}`,
  ].join('\n'),
);
const pools = Array.from({ length: 1000 }, (_, n) => {
  const addresses = Array.from({ length: 10 }, (__, m) => `10.${n >> 8}.${n & 255}.${m}:3000`);
  return `  pool-${n}:\n    backends: [${addresses.join(', ')}]`;
});
const text = [
  'listeners:',
  '  - bind: ":8080"',
  '    routes:',
  ...routes,
  'pools:',
  ...pools,
  '',
].join('\n');

const bytes = new TextEncoder().encode(text);
const input: ParseInput = {
  file: 'lb.yaml',
  env: {},
  readFile: () => {
    throw new Error('Cannot read files: the configuration names none');
  },
};

const times = Array.from({ length: 5 }, () => {
  const start = performance.now();
  const result = parseConfig(bytes, input);
  if (!result.ok) throw new Error(`Cannot measure: ${result.problems[0]?.message}`);
  return performance.now() - start;
});
const kib = Math.round(bytes.length / 1024);
const [first = 0, ...rest] = times.map(Math.round);
process.stdout.write(`config-load: ${kib} KiB, first ${first} ms, then ${rest.join(', ')} ms\n`);
