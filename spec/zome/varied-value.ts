/** Variations of a value that keep its shape: they turn the golden vectors into arbitraries. */
import type { MessagePackValue } from '../../src/boundary/messagepack.js';

/** The same shape with other numbers and bytes; hashes keep their prefix. Every number in the vectors may be a u8. */
export function varied(value: MessagePackValue, next: () => number): MessagePackValue {
  if (typeof value === 'number') return next();
  if (value instanceof Uint8Array) {
    const isHash = value.length === 39;
    const length = isHash || value.length === 64 ? value.length : next();
    return Uint8Array.from({ length }, (_, at) => (isHash && at < 3 ? value[at]! : next()));
  }
  if (Array.isArray(value)) return value.map((item: MessagePackValue) => varied(item, next));
  if (!(value instanceof Map)) return value;
  const entries = [...(value as ReadonlyMap<string, MessagePackValue>)];
  return new Map(entries.map(([key, content]) => [key, varied(content, next)]));
}
