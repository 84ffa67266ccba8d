/** What people are told about a key of lb.yaml. Markdown; only the reference and the JSON Schema are made from it. */
export interface Description {
  /** What it is for, in a sentence or a few. */
  readonly meaning: string;
  /** A value as lb.yaml would have it, which lb accepts. Of every key that takes a value. */
  readonly example?: string;
  /** Where the schema cannot say it: what may be written. */
  readonly type?: string;
  /** Where the schema cannot say it: what holds without the key. */
  readonly default?: string;
}

/** By the path of the key as the reference writes it: `pools.NAME.queue.timeout`. */
export type Descriptions = Readonly<Record<string, Description>>;
