import { defineAlgorithm } from './algorithm.ts';
import { LeastLoadedPicker } from './structures/least-loaded.ts';
import { weightsOf } from './structures/members.ts';

/** The fewest in flight per weight; among equals by turns in proportion to the weights. */
export const weightedLeastConnections = defineAlgorithm({
  name: 'weighted_least_connections',
  optionsSchema: { type: 'object', additionalProperties: false },
  weighted: true,
  build: (eligible, _options: object, { previous }) =>
    new LeastLoadedPicker(eligible, weightsOf(eligible), previous),
});
