import type { Exporter } from './exporter.ts';
import { prometheus } from './prometheus.ts';

/** Every exporter lb has. A new one is a file beside this one and a word here. */
export const exporters: readonly Exporter[] = [prometheus];
