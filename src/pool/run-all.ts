/**
 * Many jobs over a pool: an iterable in, results out, in the order of the inputs or as they come. Inputs are taken only as far ahead as the
 * threads can use, so what is held does not grow with their number.
 */

import { PoolError } from './pool-error.js';

/** A pool, as far as it matters here; what has no `room` takes whatever comes. */
export interface Taking {
  readonly window: number;
  room?(): Promise<void>;
}

/** What came of one input: a result, or what was thrown. */
export type Ran<I, R> =
  | { readonly ok: true; readonly input: I; readonly index: number; readonly result: R }
  | { readonly ok: false; readonly input: I; readonly index: number; readonly error: unknown };

export interface RunAllOptions {
  /** Default `input`. */
  readonly order?: 'input' | 'completion';
  /** Jobs that may be under way, or done and not yet taken. Default what keeps the threads busy. */
  readonly window?: number;
}

/**
 * A job that fails is a result; the others continue. A job for which the pool has no room waits until it has.
 * @param run makes a job of an input: `(op) => host.validateOp(op)`
 * @throws what the inputs throw, after the results of those before
 */
export async function* runAll<I, R>(
  pool: Taking,
  inputs: AsyncIterable<I> | Iterable<I>,
  run: (input: I, index: number) => Promise<R>,
  { order = 'input', window = pool.window }: RunAllOptions = {},
): AsyncGenerator<Ran<I, R>, void, undefined> {
  const channel = new Channel<Ran<I, R>>(window);
  const feed = async (): Promise<void> => {
    let index = 0;
    for await (const input of inputs) {
      await channel.room();
      await pool.room?.();
      if (channel.isClosed) return;
      const ran = outcomeOf(pool, input, index, run);
      index += 1;
      channel.reserve();
      if (order === 'input') channel.push(ran);
      else void ran.then((done) => channel.push(done));
    }
  };
  feed().then(
    () => channel.end(),
    (error: unknown) => channel.end({ error }),
  );
  try {
    for (;;) {
      const item = await channel.next();
      if (item === undefined) return;
      yield item;
    }
  } finally {
    channel.close();
  }
}

async function outcomeOf<I, R>(
  pool: Taking,
  input: I,
  index: number,
  run: (input: I, index: number) => Promise<R>,
): Promise<Ran<I, R>> {
  try {
    return { ok: true, input, index, result: await whenRoom(pool, () => run(input, index)) };
  } catch (error) {
    return { ok: false, input, index, error };
  }
}

/** Runs a job when the pool has room for it: nothing of it has run when the queue is full. */
export async function whenRoom<R>(pool: Taking, run: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (pool.room === undefined || !(error instanceof PoolError && error.code === 'queue-full')) throw error;
      await pool.room();
    }
  }
}

/** Items between one who makes them and one who takes them; places are reserved before an item is there. */
class Channel<T> {
  readonly #placesMax: number;
  #places = 0;
  #items: (T | Promise<T>)[] = [];
  #end: { readonly error?: unknown } | undefined;
  #changed = () => {};
  #taken = () => {};
  isClosed = false;

  constructor(placesMax: number) {
    this.#placesMax = placesMax;
  }

  async room(): Promise<void> {
    while (this.#places >= this.#placesMax && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }

  reserve(): void {
    this.#places += 1;
  }

  push(item: T | Promise<T>): void {
    this.#items.push(item);
    this.#changed();
  }

  /** No more places are reserved. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end = end;
    this.#changed();
  }

  close(): void {
    this.isClosed = true;
    this.#taken();
  }

  async next(): Promise<T | undefined> {
    while (this.#items.length === 0) {
      if (this.#end !== undefined && this.#places === 0) {
        if ('error' in this.#end) throw this.#end.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    const item = await this.#items.shift()!;
    this.#places -= 1;
    this.#taken();
    return item;
  }
}
