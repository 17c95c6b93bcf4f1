/**
 * A thread as the pool knows it: messages, an end, and one number in shared memory. `node-thread.ts` has the threads of Node.
 *
 * Invariant: `running` is the sequence number of the job that runs, 0 between jobs; after the end it stays what it was, so that it is
 * known which job ended a thread.
 */
import type { FromThread, ToThread } from './wire.js';

export interface ThreadPort {
  post(message: ToThread, transfer: readonly ArrayBuffer[]): void;
  /** Sequence number of the job that runs; 0: none. */
  running(): number;
  /** Ends the thread whatever it does; `ended` is called. */
  end(): void;
  /** Whether the thread keeps the process alive. */
  keepAlive(isNeeded: boolean): void;
}

export interface ThreadEvents {
  message(message: FromThread): void;
  /** Once, after the last message. */
  ended(reason: string): void;
}

export type OpenThread = (start: ThreadStart, events: ThreadEvents) => ThreadPort;

/** What a thread is made with: engine options that can be copied. */
export interface ThreadStart {
  readonly tier: string;
  readonly limits: { readonly id: string };
  readonly schedule: { readonly id: string };
  readonly heapMegabytes: number | undefined;
  readonly memo?: ThreadMemo | undefined;
}

/** The memo of a thread: of its own in memory, or in a folder. */
export interface ThreadMemo {
  readonly folder?: string;
  readonly bytesMax: number;
}
