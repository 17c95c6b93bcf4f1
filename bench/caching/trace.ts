/** A trace of requests to a cache: for each the object's id, its size in bytes, and the cost of loading the object. */
import { dynamicCharge, FUEL_1 } from '../../src/metering/schedule.js';

export interface Trace {
  readonly name: string;
  /** The law or the source of the trace. */
  readonly about: string;
  readonly ids: BigUint64Array;
  readonly sizes: Uint32Array;
  readonly prices: Float64Array;
}

/** Facts about a trace. */
export interface TraceFacts {
  readonly requests: number;
  readonly objects: number;
  /** Bytes of all objects, each with the size of its first request. */
  readonly objectBytes: number;
  readonly requestedBytes: number;
  readonly price: number;
}

export function factsOf({ ids, sizes, prices }: Trace): TraceFacts {
  const seen = new Set<bigint>();
  let [objectBytes, requestedBytes, price] = [0, 0, 0];
  for (let i = 0; i < ids.length; i++) {
    requestedBytes += sizes[i];
    price += prices[i];
    if (seen.has(ids[i])) continue;
    seen.add(ids[i]);
    objectBytes += sizes[i];
  }
  return { requests: ids.length, objects: seen.size, objectBytes, requestedBytes, price };
}

/** The price of an object of this many bytes by the engine's own schedule: fuel for loading a module of that length. */
export function loadPrice(bytes: number): number {
  return dynamicCharge(FUEL_1.load, bytes);
}

export function traceOf(
  name: string,
  about: string,
  requests: readonly { readonly id: bigint; readonly size: number; readonly price: number }[],
): Trace {
  const ids = new BigUint64Array(requests.length);
  const sizes = new Uint32Array(requests.length);
  const prices = new Float64Array(requests.length);
  requests.forEach((request, i) => {
    ids[i] = request.id;
    sizes[i] = request.size;
    prices[i] = request.price;
  });
  return { name, about, ids, sizes, prices };
}

/** The first requests of a trace. */
export function beginningOf({ name, about, ids, sizes, prices }: Trace, count: number): Trace {
  return {
    name,
    about,
    ids: ids.subarray(0, count),
    sizes: sizes.subarray(0, count),
    prices: prices.subarray(0, count),
  };
}
