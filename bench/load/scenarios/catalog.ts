import { browser } from './browser.ts';
import { close } from './close.ts';
import { connections1000 } from './connections-1000.ts';
import { connections8000 } from './connections-8000.ts';
import { download } from './download.ts';
import { idle } from './idle.ts';
import { memory } from './memory.ts';
import { picks } from './picks.ts';
import { reload } from './reload.ts';
import type { Scenario } from './scenario.ts';
import { small } from './small.ts';
import { startup } from './startup.ts';
import { tcpBulk } from './tcp-bulk.ts';
import { tcpSmall } from './tcp-small.ts';
import { upload } from './upload.ts';
import { websocket } from './websocket.ts';

/** Every scenario. A new one is a file beside this one and a word here. */
export const scenarios: readonly Scenario[] = [
  small,
  connections1000,
  connections8000,
  browser,
  close,
  download,
  upload,
  websocket,
  tcpSmall,
  tcpBulk,
  idle,
  memory,
  startup,
  reload,
  picks,
];

/** Scenarios that differ only in the number of connections: the points of the plot. */
export const connectionScenarios: readonly {
  readonly name: string;
  readonly connections: number;
}[] = [
  { name: small.name, connections: 64 },
  { name: connections1000.name, connections: 1000 },
  { name: connections8000.name, connections: 8000 },
];
