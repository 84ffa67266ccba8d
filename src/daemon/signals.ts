/** What the process is asked to do from outside. */
export interface Signals {
  /** SIGTERM or SIGINT: end in order. */
  readonly stop: Promise<NodeJS.Signals>;
  /** A second one, or SIGQUIT: end at once. */
  readonly hurry: AbortSignal;
  /** SIGHUP: go over to what the configuration file says now. Until somebody listens it is ignored. */
  onReload: (() => void) | null;
  /** SIGUSR1: open log files anew. Until somebody listens it is ignored; nobody gets to Node's debugger by it. */
  onReopen: (() => void) | null;
  /** Takes the handlers away again. */
  dispose(): void;
}

export function listenForSignals(): Signals {
  const hurry = new AbortController();
  const { promise: stop, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let asked = false;
  const onStop = (signal: NodeJS.Signals): void => {
    if (asked) hurry.abort();
    asked = true;
    resolve(signal);
  };
  const onQuit = (signal: NodeJS.Signals): void => {
    hurry.abort();
    resolve(signal);
  };
  const onHangUp = (): void => signals.onReload?.();
  const onUser1 = (): void => signals.onReopen?.();
  const signals: Signals = {
    stop,
    hurry: hurry.signal,
    onReload: null,
    onReopen: null,
    dispose() {
      process.off('SIGTERM', onStop).off('SIGINT', onStop).off('SIGQUIT', onQuit);
      process.off('SIGHUP', onHangUp).off('SIGUSR1', onUser1);
    },
  };
  process.on('SIGTERM', onStop).on('SIGINT', onStop).on('SIGQUIT', onQuit);
  process.on('SIGHUP', onHangUp).on('SIGUSR1', onUser1);
  return signals;
}
