/** What the process as a whole uses. */
export interface ProcessReadings {
  readonly residentMemoryBytes: number;
  /** Processor time, in user and in kernel mode. */
  readonly cpuSeconds: number;
  /** Since 1970. */
  readonly startTimeSeconds: number;
  /** Of Node.js, without the leading v. */
  readonly nodeVersion: string;
}

/** Those of this process, asked of the system at each reading. */
export const processReadings: ProcessReadings = {
  get residentMemoryBytes() {
    return process.memoryUsage.rss();
  },
  get cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  startTimeSeconds: performance.timeOrigin / 1000,
  nodeVersion: process.versions.node,
};
