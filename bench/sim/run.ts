import { argv } from 'node:process';
import { compare } from './compare.ts';
import { catalogContestants, loadContestant } from './contestants.ts';
import { parseOptions, usage } from './options.ts';
import { scenarios } from './scenarios.ts';
import { renderMarkdown, renderScenario } from './tables.ts';

/** @returns the exit code: 0 done, 1 a custom algorithm cannot be used, 2 wrong usage. */
async function main(): Promise<number> {
  const known = scenarios.map(({ name }) => name);
  const parsed = parseOptions(argv.slice(2), known);
  if (parsed.kind === 'usage') {
    const output = parsed.problem === null ? process.stdout : process.stderr;
    output.write(`${parsed.problem === null ? '' : `${parsed.problem}\n`}${usage(known)}`);
    return parsed.problem === null ? 0 : 2;
  }
  const { custom, markdown } = parsed.options;
  const chosen = scenarios.filter(({ name }) => parsed.options.scenarios.includes(name));
  const contestants = [...catalogContestants()];
  for (const path of custom) {
    const loaded = await loadContestant(path);
    if (typeof loaded === 'string') {
      process.stderr.write(`Cannot use --algorithm "${path}": ${loaded}\n`);
      return 1;
    }
    contestants.push(loaded);
  }
  if (markdown) {
    const comparisons = chosen.map((scenario) => compare(scenario, contestants));
    process.stdout.write(`${renderMarkdown(comparisons)}\n`);
    return 0;
  }
  // Each table as soon as it is there.
  for (const scenario of chosen) {
    process.stdout.write(`${renderScenario(compare(scenario, contestants))}\n\n`);
  }
  return 0;
}

process.exitCode = await main();
