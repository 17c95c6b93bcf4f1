/**
 * What guests said by `trace`: kept in order up to a bound, beside the receipt. What is over the bound is counted only.
 *
 * Invariant: each message that a guest said is here once, even where the host's first attempt at the call was abandoned in
 * the middle of a trace and the second says it again (SEMANTICS 7).
 */
import type { TraceMessage } from './host-data.js';

/** Most messages that are kept of one call. */
export const TRACES_MAX = 1_000;
/** Most characters that are kept of one call, all messages together. */
export const TRACE_CHARACTERS_MAX = 1_000_000;

export interface Trace {
  readonly level: TraceMessage['level']['kind'];
  readonly message: string;
}

export class TraceLog {
  readonly traces: Trace[] = [];
  /** messages over the bound */
  dropped = 0;
  #charactersLeft = TRACE_CHARACTERS_MAX;
  /** positions of messages that will be said again, in their order; undefined stands for one that was dropped */
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

  /** The call in which a message was said is abandoned, and will be made again. The innermost first. */
  retract(position: number | undefined): void {
    this.#retracted.unshift(position);
  }
}
