/** What a hostile case is: a name, and work that a child does with 256 MB of heap. It must end by itself. */
export interface HostileCase {
  readonly name: string;
  /** A few that every test run has; the others are `npm run hostile`. */
  readonly isShort?: boolean;
  /** What it came to, for a person. A throw that is no `UsageError`, `HostFailure` or other typed error fails the case. */
  run(): Promise<string> | string;
}

/** Heap of a child, in megabytes. */
export const HEAP_MEGABYTES = 256;
/** Seconds of processor time that a case may take. */
export const SECONDS_MAX = 10;
