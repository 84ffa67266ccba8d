import { measureAllocation } from './measure-allocation.ts';
import { measureCpu } from './measure-cpu.ts';

// `node test/guard/measure.ts cpu|allocation`: takes a figure once and prints it as JSON. `figures.ts` runs this on one
// core; run by hand without that, the CPU figure means little.

const figure = process.argv[2] === 'cpu' ? await measureCpu() : await measureAllocation();
process.stdout.write(`${JSON.stringify(figure)}\n`);
