import { evenKeys, hotKeys } from './request-keys.ts';
import type { BackendModel, Scenario } from './scenario.ts';
import { exponential, logNormal } from './service-time.ts';

const ordinary: BackendModel = {
  weight: 1,
  workers: 4,
  slowness: 1,
  trouble: null,
  fails: false,
};
const tenEqual = repeat(10, ordinary);
const slow: BackendModel = { ...ordinary, slowness: 3 };
const failing: BackendModel = { ...ordinary, fails: true };

/** What a scenario is unless it says otherwise. */
const usual = {
  load: 0.7,
  serviceTime: exponential(20),
  keys: evenKeys,
  hasOddBackend: false,
  passiveHealth: false,
  requests: 50_000,
  figure: 'p99',
} as const;

/** Every scenario, in the order of the tables. A new one is an entry here. */
export const scenarios: readonly Scenario[] = [
  {
    ...usual,
    name: 'equal-70',
    title: 'alike, 70 %',
    summary: '10 equal backends at 70 % load',
    backends: tenEqual,
  },
  {
    ...usual,
    name: 'equal-90',
    title: 'alike, 90 %',
    summary: '10 equal backends at 90 % load',
    backends: tenEqual,
    load: 0.9,
  },
  {
    ...usual,
    name: 'many',
    title: '1,000, 70 %',
    summary: '1,000 equal backends at 70 % load',
    backends: repeat(1_000, ordinary),
    requests: 100_000,
  },
  {
    ...usual,
    name: 'heavy-tail',
    title: 'heavy tail',
    summary:
      '10 equal backends at 70 % load, one request in a hundred takes 14 times the mean or more',
    backends: tenEqual,
    serviceTime: logNormal(20, 2),
  },
  {
    ...usual,
    name: 'hot-keys',
    title: 'hot keys',
    summary: '10 equal backends at 70 % load, 3 of 100,000 clients make 30 % of the requests',
    backends: tenEqual,
    keys: hotKeys(3, 0.3),
  },
  {
    ...usual,
    name: 'uneven-unset',
    title: 'one slower',
    summary: '10 backends at 70 % load, one takes 3 times as long, no weights are set',
    backends: [slow, ...repeat(9, ordinary)],
    hasOddBackend: true,
  },
  {
    ...usual,
    name: 'uneven-right',
    title: 'weights right',
    summary: '10 backends at 70 % load, one takes 3 times as long: weight 1, the others 3',
    backends: [slow, ...repeat(9, { ...ordinary, weight: 3 })],
    hasOddBackend: true,
  },
  {
    ...usual,
    name: 'uneven-wrong',
    title: 'weights wrong',
    summary: '10 backends at 70 % load, one takes 3 times as long: weight 3, the others 1',
    backends: [{ ...slow, weight: 3 }, ...repeat(9, ordinary)],
    hasOddBackend: true,
  },
  {
    ...usual,
    name: 'slow-for-a-while',
    title: 'slow for a while',
    summary: '10 backends at 70 % load, one takes 10 times as long for 10 s of 36',
    backends: [
      { ...ordinary, trouble: { fromMs: 10_000, toMs: 20_000, slowness: 10 } },
      ...repeat(9, ordinary),
    ],
    hasOddBackend: true,
  },
  {
    ...usual,
    name: 'fails-fast',
    title: 'fails fast',
    summary: '10 backends at 70 % load, one answers with an error after 1 ms',
    backends: [failing, ...repeat(9, ordinary)],
    hasOddBackend: true,
    figure: 'failed',
  },
  {
    ...usual,
    name: 'fails-fast-ejected',
    title: 'and is ejected',
    summary:
      '10 backends at 70 % load, one answers with an error after 1 ms, passive health ejects it',
    backends: [failing, ...repeat(9, ordinary)],
    hasOddBackend: true,
    passiveHealth: true,
    figure: 'failed',
  },
];

function repeat(count: number, model: BackendModel): readonly BackendModel[] {
  return Array.from({ length: count }, () => model);
}
