/** What a sub-command may use of the process it runs in. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the terminal behind both streams shows colours and its user wants them. */
  readonly color: boolean;
  /** Whether standard output is a terminal. */
  readonly terminal?: boolean;
}
