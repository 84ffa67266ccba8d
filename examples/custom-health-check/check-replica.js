/**
 * A backend is well while it is not too far behind its primary, which it tells at /status as
 * {"lag_seconds": 1.5}. Return when it is well, throw when it is not: the message appears in lb's log.
 *
 * @param {{ address: string, host: string, port: number, path: string }} target the backend
 * @param {AbortSignal} signal aborts when the check's `timeout` is over
 */
export async function probe(target, signal) {
  const response = await fetch(`http://${target.address}/status`, { signal });
  if (!response.ok) throw new Error(`/status answered ${response.status}`);
  const { lag_seconds: lag } = await response.json();
  if (lag > 10) throw new Error(`the replica is ${lag} s behind`);
}
