/**
 * Many jobs over a pool: an iterable in, results out, in the order of the inputs or as they come. Inputs are taken only as far ahead as the
 * threads can use, so what is held does not grow with their number.
 */

import { PoolError } from './pool-error.js';

/** A pool, as far as it matters here; what has no `room` takes whatever comes. */
export interface Taking {
  readonly window: number;
  /** Whether `room` need not be waited for. Default: it has to be. */
  readonly hasRoom?: boolean;
  room?(): Promise<void>;
}

/** What came of one input: a result, or what was thrown. */
export type Ran<I, R> =
  | { readonly ok: true; readonly input: I; readonly index: number; readonly result: R }
  | { readonly ok: false; readonly input: I; readonly index: number; readonly error: unknown };

export interface RunAllOptions {
  /** Default `input`. */
  readonly order?: 'input' | 'completion';
  /** Jobs that may be in progress, or done and not yet taken. Default what keeps the threads busy. */
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
  options: RunAllOptions = {},
): AsyncGenerator<Ran<I, R>, void, undefined> {
  for await (const { items, take } of runGroups(pool, groupsOf(inputs), run, options)) {
    for (const item of items) {
      take();
      yield item;
    }
  }
}

/** Results that came together. */
export interface RanGroup<I, R> {
  readonly items: readonly Ran<I, R>[];
  /** To be called for each item: the next input has its place. */
  take(): void;
}

/** What there is of one iterable: an item at a time if each has to be waited for, else all of them. */
async function* groupsOf<I>(inputs: AsyncIterable<I> | Iterable<I>): AsyncGenerator<Iterable<I>, void, undefined> {
  if (isAsync(inputs)) for await (const input of inputs) yield [input];
  else yield inputs;
}

function isAsync<I>(inputs: AsyncIterable<I> | Iterable<I>): inputs is AsyncIterable<I> {
  return Symbol.asyncIterator in Object(inputs);
}

/**
 * `runAll` of inputs that come in groups, for those who have many small ones: within a group nothing is waited for but the pool, and results
 * that are there are taken together.
 */
export async function* runGroups<I, R>(
  pool: Taking,
  groups: AsyncIterable<Iterable<I>>,
  run: (input: I, index: number) => Promise<R>,
  { order = 'input', window = pool.window }: RunAllOptions = {},
): AsyncGenerator<RanGroup<I, R>, void, undefined> {
  const channel = new Channel<Ran<I, R>>(window, order === 'input');
  const start = (input: I, index: number): void => {
    const place = channel.reserve();
    const failed = (error: unknown): void => {
      if (pool.room !== undefined && isQueueFull(error)) void pool.room().then(begin);
      else channel.put(place, { ok: false, input, index, error });
    };
    const begin = (): void => {
      try {
        run(input, index).then((result) => channel.put(place, { ok: true, input, index, result }), failed);
      } catch (error) {
        failed(error);
      }
    };
    begin();
  };
  const feed = async (): Promise<void> => {
    let index = 0;
    for await (const group of groups) {
      for (const input of group) {
        if (channel.isFull) await channel.room();
        if (pool.hasRoom !== true) await pool.room?.();
        if (channel.isClosed) return;
        start(input, index);
        index += 1;
      }
    }
  };
  feed().then(
    () => channel.end(),
    (error: unknown) => channel.end({ error }),
  );
  const take = () => channel.take();
  try {
    for (;;) {
      const items = await channel.ready();
      if (items.length === 0) return;
      yield { items, take };
    }
  } finally {
    channel.close();
  }
}

/** Runs a job when the pool has room for it: nothing of it has run when the queue is full. */
export async function whenRoom<R>(pool: Taking, run: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (pool.room === undefined || !isQueueFull(error)) throw error;
      await pool.room();
    }
  }
}

/** Whether nothing has run, for want of room. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof PoolError && error.code === 'queue-full';
}

interface Place<T> {
  item: T | undefined;
}

/** Items between one who makes them and one who takes them; places are reserved before an item is there. */
class Channel<T> {
  readonly #placesMax: number;
  readonly #isInOrder: boolean;
  #places = 0;
  /** In order all places that are reserved, else those with an item. */
  #queue: Place<T>[] = [];
  #end: { readonly error?: unknown } | undefined;
  #changed = () => {};
  #taken = () => {};
  isClosed = false;

  constructor(placesMax: number, isInOrder: boolean) {
    this.#placesMax = placesMax;
    this.#isInOrder = isInOrder;
  }

  get isFull(): boolean {
    return this.#places >= this.#placesMax && !this.isClosed;
  }

  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#taken = resolve;
      });
    }
  }

  reserve(): Place<T> {
    const place: Place<T> = { item: undefined };
    this.#places += 1;
    if (this.#isInOrder) this.#queue.push(place);
    return place;
  }

  /** The item of a place, once. */
  put(place: Place<T>, item: T): void {
    place.item = item;
    if (!this.#isInOrder) this.#queue.push(place);
    if (this.#queue[0] === place) this.#changed();
  }

  /** An item that was ready was taken. */
  take(): void {
    this.#places -= 1;
    this.#taken();
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

  /** Resolves to the items that come next, when there are some; to none at the end. */
  async ready(): Promise<readonly T[]> {
    for (;;) {
      const items: T[] = [];
      for (const { item } of this.#queue) {
        if (item === undefined) break;
        items.push(item);
      }
      this.#queue.splice(0, items.length);
      if (items.length > 0) return items;
      if (this.#end !== undefined && this.#queue.length === 0 && this.#places === 0) {
        if ('error' in this.#end) throw this.#end.error;
        return items;
      }
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
