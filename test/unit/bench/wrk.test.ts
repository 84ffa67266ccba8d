import { expect, it } from 'vitest';
import { parseWrkOutput, renderWrkScript } from '../../../bench/load/wrk.ts';

const outputWith = (counts: { completed: number; status: number; timeout: number }) =>
  `Running 3s test @ http://127.0.0.1:1\n  1 threads and 64 connections\n` +
  `lb-bench-report {"completed":${counts.completed},"durationMicros":3000000,"p50Micros":700,` +
  `"p99Micros":1400,"errors":{"connect":0,"read":0,"write":0,"timeout":${counts.timeout},` +
  `"status":${counts.status}}}\n`;

it("reads wrk's counters", () => {
  expect(parseWrkOutput(outputWith({ completed: 9, status: 0, timeout: 0 }))).toEqual({
    completed: 9,
    durationMicros: 3_000_000,
    p50Micros: 700,
    p99Micros: 1400,
    errors: [],
  });
});

it('names every kind of error that occurred', () => {
  const { errors } = parseWrkOutput(outputWith({ completed: 9, status: 3, timeout: 2 }));
  expect(errors).toEqual(['2 responses later than 5 s', '3 responses with status >= 400']);
});

it('counts a round without a response as an error', () => {
  const { errors } = parseWrkOutput(outputWith({ completed: 0, status: 0, timeout: 0 }));
  expect(errors).toEqual(['no responses']);
});

it('fails when wrk printed no report', () => {
  expect(() => parseWrkOutput('unable to connect\n')).toThrow('no report in unable to connect');
});

it('quotes header values and asks for a body only where there is one', () => {
  const load = { connections: 1, method: 'GET', path: '/', requestBytes: 0 } as const;
  const script = renderWrkScript({ ...load, headers: { 'sec-ch-ua': '"Chrome";v="1"' } });
  expect(script).toContain(String.raw`wrk.headers["sec-ch-ua"] = "\"Chrome\";v=\"1\""`);
  expect(script).not.toContain('wrk.body');
  expect(renderWrkScript({ ...load, headers: {}, requestBytes: 7 })).toContain(
    'wrk.body = string.rep("x", 7)',
  );
});
