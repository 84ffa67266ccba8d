import type { MetricsSource } from '../exporter.ts';
import { counter, type Family, gauge, type Labels, type Sample } from '../family.ts';
import { type HealthReadings, healthStates } from '../health-readings.ts';

/** How well backends are, and how well their names resolve. */
export function* healthFamilies(source: MetricsSource): Generator<Family> {
  const backends = [...source.health];
  yield gauge(
    'backend_health',
    'Whether a backend is given traffic.',
    backends.map((backend) => ({ labels: labelsOf(backend), value: backend.takesTraffic ? 1 : 0 })),
  );
  yield gauge(
    'backend_state',
    '1 for the state that a backend is in, 0 for the others.',
    states(backends),
  );
  yield counter('backend_probes_total', 'Probes that have ended.', probes(backends));
  yield gauge(
    'backend_probe_duration_seconds',
    'How long the last probe took.',
    backends.flatMap((backend) =>
      backend.lastProbe === null
        ? []
        : [{ labels: labelsOf(backend), value: backend.lastProbe.durationMs / 1000 }],
    ),
  );
  yield counter(
    'backend_ejections_total',
    'Times that passive health took a backend out of traffic.',
    backends.map((backend) => ({ labels: labelsOf(backend), value: backend.ejections })),
  );
}

export function* nameFamilies(source: MetricsSource): Generator<Family> {
  const names = [...source.names];
  yield counter(
    'dns_resolutions_total',
    'Times that the name of a backend was looked up.',
    names.flatMap(({ host, answers, failures }) => [
      { labels: outcome([['name', host]], 'answered'), value: answers },
      { labels: outcome([['name', host]], 'failed'), value: failures },
    ]),
  );
  yield gauge(
    'dns_addresses',
    'Addresses that the name of a backend has.',
    names.map(({ host, addresses }) => ({ labels: [['name', host]], value: addresses.length })),
  );
}

function labelsOf({ pool, name }: HealthReadings): Labels {
  return [
    ['pool', pool],
    ['backend', name],
  ];
}

function outcome(labels: Labels, result: string): Labels {
  return [...labels, ['result', result]];
}

function* states(backends: readonly HealthReadings[]): Generator<Sample<number>> {
  for (const backend of backends) {
    for (const state of healthStates) {
      const labels: Labels = [...labelsOf(backend), ['state', state]];
      yield { labels, value: state === backend.state ? 1 : 0 };
    }
  }
}

function* probes(backends: readonly HealthReadings[]): Generator<Sample<number>> {
  for (const backend of backends) {
    yield { labels: outcome(labelsOf(backend), 'passed'), value: backend.probesPassed };
    yield { labels: outcome(labelsOf(backend), 'failed'), value: backend.probesFailed };
  }
}
