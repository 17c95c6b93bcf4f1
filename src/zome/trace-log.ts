/** What guests said by `trace`: kept in order up to a bound, beside the receipt. What is over the bound is counted only. */
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

  add({ level, msg }: TraceMessage): void {
    if (this.traces.length >= TRACES_MAX || msg.length > this.#charactersLeft) {
      this.dropped += 1;
      return;
    }
    this.#charactersLeft -= msg.length;
    this.traces.push({ level: level.kind, message: msg });
  }
}
