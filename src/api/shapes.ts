/** The part of JSON Schema (2020-12) that describes answers. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: 'date-time';
  readonly enum?: readonly (string | null)[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Shape;
  readonly items?: Shape;
}

export const text: Shape = { type: 'string' };
export const number: Shape = { type: 'number' };
export const flag: Shape = { type: 'boolean' };
export const time: Shape = { type: 'string', format: 'date-time' };
export const word = (...words: readonly string[]): Shape => ({ enum: words });
export const listOf = (items: Shape): Shape => ({ type: 'array', items });

/** null stands for "there is none". */
export const orNull = (shape: Shape): Shape =>
  shape.enum === undefined
    ? { ...shape, type: [shape.type ?? 'object', 'null'].flat() }
    : { ...shape, enum: [...shape.enum, null] };

/** A map that has all of these keys and no others. */
export const record = (properties: Readonly<Record<string, Shape>>): Shape => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: Object.keys(properties),
});

/** What everything that goes wrong looks like. */
export const problem: Shape = {
  type: 'object',
  properties: { status: number, error: text, message: text },
  required: ['status', 'error', 'message'],
};

/** Of answers that only say that it is so. */
export const said = record({ status: number, message: text });
