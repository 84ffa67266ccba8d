import type { RememberedExchanges } from '../api/exchanges.ts';
import { formatMs } from '../why/milliseconds.ts';
import { ControlClient } from './control-client.ts';
import type { ControlPlace } from './find-control.ts';
import type { Io } from './io.ts';
import { exchangeText, isReason, listText, reasonText } from './why-text.ts';

export interface WhyOptions extends ControlPlace {
  /** A request id or a reason; undefined: the latest of all. */
  readonly about: string | undefined;
  readonly json: boolean;
}

/** `lb why`: what became of a request. @returns exit code 0, or 1 when nothing is known of it. */
export async function runWhy({ about, json, ...place }: WhyOptions, io: Io): Promise<number> {
  if (about !== undefined && isReason(about)) {
    io.stdout(reasonText(about));
    return 0;
  }
  const query = about === undefined ? '' : `?request_id=${encodeURIComponent(about)}`;
  const client = await ControlClient.find(place, io);
  const body = await client.demand({ method: 'GET', path: `/api/v1/exchanges${query}` });
  const answer = body as unknown as RememberedExchanges; // as its endpoint says
  const isUnknown = about !== undefined && answer.exchanges.length === 0;
  if (json) io.stdout(`${JSON.stringify(answer)}\n`);
  else if (isUnknown) io.stderr(unknownText(about, answer));
  else if (about === undefined) io.stdout(listText(answer));
  else io.stdout(answer.exchanges.map(exchangeText).join('\n'));
  return isUnknown ? 1 : 0;
}

function unknownText(about: string, { entries, slow_ms }: RememberedExchanges): string {
  const kept = `lb remembers the last ${entries} that failed, were refused, tried again or took ${formatMs(slow_ms)}`;
  return `lb: Cannot tell about ${JSON.stringify(about)}: it went well, or was too long ago; ${kept}\n`;
}
