import { browser } from './browser.ts';
import { close } from './close.ts';
import { connections1000 } from './connections-1000.ts';
import { download } from './download.ts';
import type { Scenario } from './scenario.ts';
import { small } from './small.ts';
import { upload } from './upload.ts';

/** Every scenario. A new one is a file beside this one and a word here. */
export const scenarios: readonly Scenario[] = [
  small,
  connections1000,
  browser,
  close,
  download,
  upload,
];
