import { writeFileSync } from 'node:fs';
import {
  type Figures,
  figuresFile,
  processor,
  readFigures,
  takeAllocation,
  takeCpu,
} from './figures.ts';
import { median } from './median.ts';

// `node test/guard/update.ts`: takes the figures anew, on a machine that does nothing else, and writes figures.json.

const runs = 5;

const allocations: Figures['bytesPerExchange'][] = [];
const costs: Awaited<ReturnType<typeof takeCpu>>[] = [];
for (let run = 0; run < runs; run++) {
  allocations.push(await takeAllocation());
  costs.push(await takeCpu());
}
const names = Object.keys(allocations[0] ?? {});
const figures: Figures = {
  bytesPerExchange: Object.fromEntries(
    names.map((name) => [name, median(allocations.map((taken) => taken[name]!))]),
  ),
  cpuOverRelay: {
    ...readFigures().cpuOverRelay,
    [processor]: Number(median(costs.map(({ ratio }) => ratio)).toFixed(2)),
  },
};
writeFileSync(figuresFile, `${JSON.stringify(figures, null, 2)}\n`);
const ratios = costs.map(({ ratio }) => ratio.toFixed(2)).join(' ');
const lb = median(costs.map((cost) => cost.lb)).toFixed(1);
const relay = median(costs.map((cost) => cost.relay)).toFixed(1);
process.stdout.write(
  `${JSON.stringify(figures)}\nCPU: lb ${lb} µs, relay ${relay} µs; ${ratios}\n`,
);
