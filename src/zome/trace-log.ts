/**
 * The messages of guests to `trace`, kept in order up to a bound; they are not in the receipt. Those beyond the bound
 * are only counted.
 *
 * Invariant: each message of a guest is here once, even if the first attempt at the call was abandoned in the middle of
 * a trace and the second repeats it (SEMANTICS 7).
 */
import type { TraceMessage } from './host-data.js';

/** How many messages of one call are kept. */
export const TRACES_MAX = 1_000;
/** How many characters of one call are kept, over all messages. */
export const TRACE_CHARACTERS_MAX = 1_000_000;

export interface Trace {
  readonly level: TraceMessage['level']['kind'];
  readonly message: string;
}

export class TraceLog {
  readonly traces: Trace[] = [];
  /** messages beyond the bound */
  dropped = 0;
  #charactersLeft = TRACE_CHARACTERS_MAX;
  /** positions of messages that will be repeated, in their order; undefined for one that was dropped */
  readonly #retracted: (number | undefined)[] = [];

  /** The position of the message; undefined if it is dropped. */
  add({ level, msg }: TraceMessage): number | undefined {
    if (this.#retracted.length > 0) return this.#retracted.shift();
    if (this.traces.length >= TRACES_MAX || msg.length > this.#charactersLeft) {
      this.dropped += 1;
      return undefined;
    }
    this.#charactersLeft -= msg.length;
    return this.traces.push({ level: level.kind, message: msg }) - 1;
  }

  /** The call that traced a message is abandoned and will be made again. The innermost first. */
  retract(position: number | undefined): void {
    this.#retracted.unshift(position);
  }
}
