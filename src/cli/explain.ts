import type { Explanation, Question } from '../api/explanation.ts';
import { loadConfig } from '../config/load.ts';
import { explainDry } from '../daemon/dry-run.ts';
import { ControlClient } from './control-client.ts';
import { explanationText } from './explain-text.ts';
import type { Io } from './io.ts';
import { printProblems } from './print-problems.ts';

export interface ExplainOptions {
  readonly question: Question;
  /** Path of the configuration to go by; undefined: that of a running lb. */
  readonly config: string | undefined;
  readonly control: string | undefined;
  readonly json: boolean;
}

/** `lb explain`: where a request would go and why. @returns exit code 0, or 2 for a file that lb would not start with. */
export async function runExplain(options: ExplainOptions, io: Io): Promise<number> {
  const { question, config, control, json } = options;
  let explanation: Explanation;
  if (config === undefined) {
    const client = await ControlClient.find({ control, config }, io);
    const body = bodyOf(question);
    const answer = await client.demand({ method: 'POST', path: '/api/v1/explain', body });
    explanation = answer as unknown as Explanation; // as its endpoint says
  } else {
    const loaded = await loadConfig(config, io.env);
    if (!loaded.ok) return printProblems(config, loaded.problems, io);
    explanation = explainDry(loaded, question);
  }
  io.stdout(json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation));
  return 0;
}

function bodyOf({ listener, ...rest }: Question): object {
  return listener === null ? rest : { ...rest, listener };
}
