import type { PullExporter } from './exporter.ts';
import { prometheus } from './prometheus.ts';
import { statsd } from './statsd.ts';

/** Every exporter that is asked. A new one is a file beside this one and a word here. */
export const exporters: readonly PullExporter[] = [prometheus];

/** Every exporter that tells by itself. */
export const pushExporters = [statsd] as const;
