import { OperationalLog } from '../../../src/daemon/log.ts';
import type { Outputs } from '../../../src/daemon/outputs.ts';

/** For daemons whose lines nobody reads. */
export const nowhere: Outputs = {
  log: new OperationalLog('error', { write: () => true }),
  accessLog: { write: () => true },
  prepare: () => ({ commit() {}, abort() {} }),
};
