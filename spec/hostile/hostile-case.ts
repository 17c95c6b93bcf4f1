/** A hostile case: a name, and work that a child does with 256 MB of heap. It must end by itself. */
export interface HostileCase {
  readonly name: string;
  /** Part of every test run; `npm run hostile` runs the others. */
  readonly isShort?: boolean;
  /**
   * The result, for a person. Throwing anything but a `UsageError`, `HostFailure` or other typed error fails the case.
   */
  run(): Promise<string> | string;
}

/** Heap of a child, in megabytes. */
export const HEAP_MEGABYTES = 256;
/** Seconds of processor time that a case may take. */
export const SECONDS_MAX = 10;
