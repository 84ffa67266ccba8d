import { defineAlgorithm } from './algorithm.ts';
import { LeastLoadedPicker } from './structures/least-loaded.ts';

/** The fewest in flight; among equals by turns. */
export const leastConnections = defineAlgorithm({
  name: 'least_connections',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: false,
  build: (eligible, _options: object, { previous }) =>
    new LeastLoadedPicker(eligible, new Float64Array(eligible.length).fill(1), previous),
});
