import type { Endpoint } from '../backend/endpoint.ts';
import type { IoBuffers } from '../transport/io-buffers.ts';
import type { ResponseHeads } from './response-heads.ts';

/** How one probe went. */
export interface ProbeResult {
  readonly ok: boolean;
  /** In a few words for people: what was found, or what was wrong. */
  readonly why: string;
}

export const PASSED: ProbeResult = { ok: true, why: 'the probe passed' };

export function failed(why: string): ProbeResult {
  return { ok: false, why };
}

/** Hears how a probe went: once per `start`, never from within it, and not after `abort`. */
export interface ProbeOwner {
  onProbed(result: ProbeResult): void;
}

/** Probes one endpoint, which has an address, in one way: again and again but never twice at a time. Time is its owner's business. */
export interface Probe {
  start(): void;
  abort(): void;
}

/** What the probes of a process share. */
export interface ProbeServices {
  readonly buffers: IoBuffers;
  readonly heads: ResponseHeads;
}

/** The JSON Schema of one option; `kind` names an entry of config/kinds.ts. Every option has a default. */
export interface OptionSchema {
  readonly type: string | readonly string[];
  readonly kind?: string;
  readonly enum?: readonly string[];
  readonly items?: OptionSchema;
  readonly minItems?: number;
  readonly uniqueItems?: true;
  readonly propertyNames?: OptionSchema;
  readonly additionalProperties?: OptionSchema;
  readonly default?: string | readonly string[] | Readonly<Record<string, never>>;
}

/** One way to probe: its word in lb.yaml, its options there, and how to do it. */
export interface CheckType<Name extends string, Options extends object> {
  readonly name: Name;
  /** By key as lb.yaml spells it; what stands under them becomes `Options`, validated and with every default. */
  readonly optionSchemas: Readonly<Record<string, OptionSchema>>;
  build(options: Options, endpoint: Endpoint, services: ProbeServices, owner: ProbeOwner): Probe;
}

/** Keeps the literal name and the option type of a declaration. */
export function defineCheck<const Name extends string, Options extends object>(
  check: CheckType<Name, Options>,
): CheckType<Name, Options> {
  return check;
}

/** When to probe and how many results make a verdict. */
export interface CheckTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row that make a healthy backend unhealthy. */
  readonly unhealthyThreshold: number;
  /** Passes in a row that make an unhealthy backend healthy. */
  readonly healthyThreshold: number;
}
