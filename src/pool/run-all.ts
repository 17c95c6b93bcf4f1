/**
 * Runs many jobs on a pool: takes an iterable, and yields results in the order of the inputs or of completion. Inputs
 * are read only as far ahead as the threads can use, so memory does not grow with their number.
 */

import { PoolError } from './pool-error.js';

/** The part of a pool that is used here; without `room` it accepts any number of jobs. */
export interface Taking {
  readonly window: number;
  /** Whether there is no need to wait for `room`. Default: there is. */
  readonly hasRoom?: boolean;
  room?(): Promise<void>;
}

/** The outcome of one input: a result, or an error. */
export type Ran<I, R> =
  | { readonly ok: true; readonly input: I; readonly index: number; readonly result: R }
  | { readonly ok: false; readonly input: I; readonly index: number; readonly error: unknown };

export interface RunAllOptions {
  /** Default `input`. */
  readonly order?: 'input' | 'completion';
  /** How many jobs may be in progress, or done and not yet consumed. Default: enough to keep the threads busy. */
  readonly window?: number;
}

/**
 * A failed job is a result; the others continue. A job waits until the pool has room for it.
 * @param run makes a job of an input: `(op) => host.validateOp(op)`
 * @throws the error of the inputs, after the results of those before it
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
  /** Call this for each item, so that another input can be read. */
  take(): void;
}

/** Groups of an iterable: one item at a time if it is asynchronous, otherwise all of them. */
async function* groupsOf<I>(inputs: AsyncIterable<I> | Iterable<I>): AsyncGenerator<Iterable<I>, void, undefined> {
  if (isAsync(inputs)) for await (const input of inputs) yield [input];
  else yield inputs;
}

function isAsync<I>(inputs: AsyncIterable<I> | Iterable<I>): inputs is AsyncIterable<I> {
  return Symbol.asyncIterator in Object(inputs);
}

/**
 * `runAll` for inputs that come in groups, for many small jobs: within a group it waits only for the pool, and results
 * that are ready are returned together.
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

/** Runs a job when the pool has room for it. If the queue is full, nothing of the job has run. */
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

/** Whether a job was not run because there was no room. */
export function isQueueFull(error: unknown): boolean {
  return error instanceof PoolError && error.code === 'queue-full';
}

interface Place<T> {
  item: T | undefined;
}

/** Items between a producer and a consumer; places are reserved before an item exists. */
class Channel<T> {
  readonly #placesMax: number;
  readonly #isInOrder: boolean;
  #places = 0;
  /** If ordered, all reserved places; otherwise those with an item. */
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

  /** Resolves to the next items when there are some; to none at the end. */
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
