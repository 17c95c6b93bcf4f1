/**
 * The jobs that NATS has sent to this process, from every lane that its worker may take. What is in it is kept alive with what runs; when the
 * process ends, the leases of both run out.
 */
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { EVERY, type NatsParts } from './nats-parts.js';

/** Jobs that a lane sends ahead of what is taken. */
const AHEAD = 8;
/** A server that is silent for two beats is asked again. */
const BEAT_MS = 1_000;
const EXPIRES_MS = 5_000;
/** A lane that was made since is found after so long. */
const LANES_MS = 1_000;

export class Inbox {
  readonly #nats: NatsParts;
  readonly #lanes = new Map<string, ConsumerMessages>();
  #jobs: JsMsg[] = [];
  #lookedMs = Number.NEGATIVE_INFINITY;
  #come = () => {};
  #taken: (() => void)[] = [];
  #isClosed = false;

  constructor(nats: NatsParts) {
    this.#nats = nats;
  }

  /** Up to `max` jobs, as soon as there is one; none after `waitMs`. */
  async take(kind: string, max: number, waitMs: number): Promise<readonly JsMsg[]> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      await this.#openLanes(kind);
      const leftMs = endMs - performance.now();
      if (this.#jobs.length > 0 || leftMs <= 0) break;
      await this.#wait(Math.min(leftMs, LANES_MS));
    }
    const taken = this.#jobs.splice(0, max);
    for (const resolve of this.#taken.splice(0)) resolve();
    return taken;
  }

  /** Those that wait here are kept alive too. */
  heartbeat(): void {
    for (const job of this.#jobs) job.working();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const messages of this.#lanes.values()) messages.stop();
    for (const resolve of this.#taken.splice(0)) resolve();
    for (const job of this.#jobs.splice(0)) job.nak();
    if (!this.#nats.connection.isClosed()) await this.#nats.connection.flush().catch(() => undefined);
  }

  async #openLanes(kind: string): Promise<void> {
    if (performance.now() - this.#lookedMs < LANES_MS) return;
    const lanes = (await this.#nats.lanes()).filter((lane) => lane === EVERY || isFor(lane, kind));
    for (const lane of lanes) {
      if (this.#lanes.has(lane) || this.#isClosed) continue;
      const consumer = await this.#nats.jobsOf(lane);
      const messages = await consumer.consume({ max_messages: AHEAD, expires: EXPIRES_MS, idle_heartbeat: BEAT_MS });
      this.#lanes.set(lane, messages);
      void this.#read(lane, messages);
    }
    this.#lookedMs = performance.now();
  }

  async #read(lane: string, messages: ConsumerMessages): Promise<void> {
    try {
      for await (const message of messages) {
        // Second runs come first.
        if (lane === EVERY) this.#jobs.push(message);
        else this.#jobs.unshift(message);
        this.#come();
        while (this.#jobs.length >= AHEAD * this.#lanes.size && !this.#isClosed) {
          await new Promise<void>((resolve) => this.#taken.push(resolve));
        }
      }
    } catch {
      // Who takes next opens it again, and reports what it then meets.
    } finally {
      // The lane is opened again at the next look.
      this.#lanes.delete(lane);
      this.#lookedMs = Number.NEGATIVE_INFINITY;
    }
  }

  async #wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#come = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }
}

function isFor(lane: string, kind: string): boolean {
  return lane.startsWith('not-') && lane !== `not-${kind}`;
}
