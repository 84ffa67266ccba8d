import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { webConfig } from '../helpers/lb-config.ts';
import { readMetrics } from '../helpers/metrics.ts';
import { startEchoBackend, startHttpBackend } from '../helpers/start-http-backend.ts';
import { runLb, startLb } from '../helpers/start-lb.ts';
import { makeTempDir } from '../helpers/temp-dir.ts';

const example = resolve(import.meta.dirname, '../../examples/custom-algorithm');
const fillFirst = join(example, 'fill-first.js');

async function backendOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return ((await response.json()) as { backend: string }).backend; // what an echo backend answers
}

it('the example is valid as it is, and in any folder', async () => {
  const folder = makeTempDir();
  for (const file of ['lb.yaml', 'fill-first.js'])
    copyFileSync(join(example, file), join(folder, file));
  for (const path of [example, folder]) {
    const { code, stdout } = await runLb(['check', '-c', join(path, 'lb.yaml')]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('ok') });
  }
});

it('the example fills one backend before it touches the next', async () => {
  let answer = (): void => undefined;
  const held = new Promise<void>((resolved) => {
    answer = resolved;
  });
  let arrived = (): void => undefined;
  const first = await startHttpBackend(async (request, response) => {
    if (request.url === '/held') {
      arrived();
      await held;
    }
    response.end(JSON.stringify({ backend: 'first' }));
  });
  const second = await startEchoBackend('second');
  const algorithm = { name: fillFirst, per_backend: 1 };
  const lb = await startLb(webConfig([first.address, second.address], { pool: { algorithm } }));
  const url = `http://${lb.address('web')}`;
  expect(await backendOf(url)).toBe('first');
  const isFull = new Promise<void>((resolved) => {
    arrived = resolved;
  });
  const waiting = backendOf(`${url}/held`);
  onTestFinished(answer);
  await isFull;
  expect(await backendOf(url)).toBe('second');
  answer();
  expect(await waiting).toBe('first');
  expect(await backendOf(url)).toBe('first');
});

it('a request is never lost to an algorithm that breaks in service: it is told once', async () => {
  const module = join(makeTempDir(), 'breaks.mjs');
  writeFileSync(
    module,
    `let picks = 0;
     export const algorithm = {
       name: 'breaks', optionsSchema: { type: 'object' }, weighted: true,
       build: (eligible) => ({
         pick() {
           if (eligible[0].name.startsWith('trial')) return 0;
           if (++picks % 2 === 0) throw new Error('out of luck');
           return eligible.length;
         },
       }),
     };`,
  );
  const backends = await Promise.all(['one', 'two'].map((name) => startEchoBackend(name)));
  const addresses = backends.map(({ address }) => address);
  const lb = await startLb(webConfig(addresses, { pool: { algorithm: module } }));
  const answers: string[] = [];
  for (let turn = 0; turn < 10; turn++)
    answers.push(await backendOf(`http://${lb.address('web')}`));
  expect(answers).toEqual(Array(5).fill(['one', 'two']).flat());
  expect((await readMetrics(lb)).sum('algorithm_faults_total')).toBe(10);
  await lb.stop();
  const faults = lb.lines.filter(({ level }) => level === 'error');
  expect(faults).toHaveLength(1);
  expect(JSON.stringify(faults)).toContain('pick() answered 2; needs a whole number from 0 to 1');
});

it('lb does not start with an algorithm that cannot be used, and says where it is named', async () => {
  const folder = makeTempDir();
  writeFileSync(join(folder, 'bad.mjs'), 'export const algorithm = {};');
  const file = join(folder, 'lb.yaml');
  writeFileSync(
    file,
    'listeners: [{ bind: "127.0.0.1:0", pool: a }]\npools:\n  a: { algorithm: ./bad.mjs, backends: ["a:1"] }\n',
  );
  const { code, stderr } = await runLb(['start', '-c', file]);
  expect(code).toBe(2);
  expect(stderr).toContain(
    `${file}:3:19: pools.a.algorithm: "./bad.mjs" cannot be used: its \`name\``,
  );
});
