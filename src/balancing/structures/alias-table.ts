/**
 * Draws indices in proportion to their weights in constant time (Vose's alias method): a uniform column, then one of the
 * two indices that share it.
 */
export class AliasTable {
  readonly #length: number;
  /** Which part of a column belongs to its own index, 0 to 1. */
  readonly #own: Float64Array;
  /** Whose the rest of a column is. */
  readonly #alias: Uint32Array;

  /** @param weights above 0; not kept. */
  constructor(weights: Float64Array) {
    const { length } = weights;
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / length;
    this.#length = length;
    this.#own = weights.map((weight) => weight / mean);
    this.#alias = Uint32Array.from({ length }, (_, index) => index);
    this.#fill();
  }

  /** Gives what the heavy indices have above 1 to the columns of the light ones. */
  #fill(): void {
    const own = this.#own;
    const light: number[] = [];
    const heavy: number[] = [];
    for (const [index, share] of own.entries()) (share < 1 ? light : heavy).push(index);
    while (light.length > 0 && heavy.length > 0) {
      const poor = light.pop()!; // neither is empty
      const rich = heavy.at(-1)!;
      this.#alias[poor] = rich;
      own[rich] = own[rich]! - (1 - own[poor]!);
      if (own[rich]! < 1) light.push(heavy.pop()!);
    }
    // What is left is 1 but for rounding.
    for (const index of [...light, ...heavy]) own[index] = 1;
  }

  /** @param uniform in [0, 1): its column is one part of it, the side of that column the rest. */
  draw(uniform: number): number {
    const position = uniform * this.#length;
    const column = Math.floor(position);
    return position - column < this.#own[column]! ? column : this.#alias[column]!;
  }
}
