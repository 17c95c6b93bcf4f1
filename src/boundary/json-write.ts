/** Writes MessagePack values as JSON: see `json.ts` for the forms. No recursion. */
import { type JsonDialect, NESTED_MESSAGEPACK_MAX } from './json.js';
import { Float, type MessagePackKey, type MessagePackMap, type MessagePackValue } from './messagepack.js';
import { decodeMessagePack } from './messagepack-decode.js';

/** A value still to be written, or text that is between values. */
type Pending = { readonly value: MessagePackValue; readonly nested: number } | { readonly text: string };

function hexOf(bits: bigint, width: number): string {
  return `0x${bits.toString(16).padStart(width / 4, '0')}`;
}

function floatText(float: Float): string {
  const value = float.value;
  if (!Number.isFinite(value)) {
    return `{"${float.width === 64 ? '$float' : '$float32'}":"${hexOf(float.bits, float.width)}"}`;
  }
  const digits = Object.is(value, -0) ? '-0' : String(value);
  const text = /[.e]/.test(digits) ? digits : `${digits}.0`;
  return float.width === 64 ? text : `{"$float32":${text}}`;
}

function binaryText(bytes: Uint8Array): string {
  const digits: string[] = [];
  for (const byte of bytes) digits.push(byte.toString(16).padStart(2, '0'));
  return `{"$bin":"${digits.join('')}"}`;
}

class Writer {
  readonly #dialect: JsonDialect | undefined;

  constructor(dialect: JsonDialect | undefined) {
    this.#dialect = dialect;
  }

  run(value: MessagePackValue): string {
    const texts: string[] = [];
    const pending: Pending[] = [{ value, nested: 0 }];
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if ('text' in part) texts.push(part.text);
      else for (const inner of this.#partsOf(part.value, part.nested).reverse()) pending.push(inner);
    }
    return texts.join('');
  }

  /** A scalar's text, or the parts of a container in order: brackets, separators and values. */
  #partsOf(value: MessagePackValue, nested: number): Pending[] {
    if (Array.isArray(value)) return listParts(value as readonly MessagePackValue[], nested);
    if (value instanceof Map) return this.#mapParts(value as MessagePackMap, nested);
    if (value instanceof Uint8Array) return this.#binaryParts(value, nested);
    return [{ text: this.#scalarText(value as MessagePackKey) }];
  }

  #mapParts(map: MessagePackMap, nested: number): Pending[] {
    const entries = [...map];
    const isObject = entries.every(([key]) => isPlainKey(key, entries.length));
    const parts: Pending[] = [{ text: isObject ? '{' : '{"$map":[' }];
    for (const [index, [key, value]] of entries.entries()) {
      const separator = index > 0 ? ',' : '';
      const text = isObject ? `${JSON.stringify(key)}:` : `[${this.#scalarText(key)},`;
      parts.push({ text: `${separator}${text}` }, { value, nested });
      if (!isObject) parts.push({ text: ']' });
    }
    parts.push({ text: isObject ? '}' : ']}' });
    return parts;
  }

  #binaryParts(bytes: Uint8Array, nested: number): Pending[] {
    const inner = this.#isNestable(bytes, nested) ? decodeMessagePack(bytes, { canonical: true }) : undefined;
    // A number or a string in a few bytes is more often bytes that happen to look so.
    if (inner?.ok !== true || !(Array.isArray(inner.value) || inner.value instanceof Map)) {
      return [{ text: this.#scalarText(bytes) }];
    }
    return [{ text: '{"$msgpack":' }, { value: inner.value, nested: nested + 1 }, { text: '}' }];
  }

  #isNestable(bytes: Uint8Array, nested: number): boolean {
    return (
      this.#dialect !== undefined && nested < NESTED_MESSAGEPACK_MAX && this.#dialect.stringOfBytes(bytes) === undefined
    );
  }

  #scalarText(value: MessagePackKey): string {
    if (value instanceof Uint8Array) {
      const text = this.#dialect?.stringOfBytes(value);
      return text === undefined ? binaryText(value) : JSON.stringify(text);
    }
    if (value instanceof Float) return floatText(value);
    if (typeof value === 'bigint') return `{"$int":"${value}"}`;
    const isBare = typeof value !== 'string' || this.#dialect?.bytesOfString(value) === undefined;
    return isBare ? JSON.stringify(value) : `{"$str":${JSON.stringify(value)}}`;
  }
}

/** Whether a key can be one of a JSON object: a lone `$` key is a form, and two forms are known by the key before it is. */
function isPlainKey(key: MessagePackKey, size: number): boolean {
  if (typeof key !== 'string' || key === '$str' || key === '$msgpack') return false;
  return size > 1 || !key.startsWith('$');
}

function listParts(list: readonly MessagePackValue[], nested: number): Pending[] {
  return [
    { text: '[' },
    ...list.flatMap((value, index): Pending[] =>
      index > 0 ? [{ text: ',' }, { value, nested }] : [{ value, nested }],
    ),
    { text: ']' },
  ];
}

/** One line of JSON that `messagePackFromJson` reads back to the same value, in the same dialect. */
export function jsonFromMessagePack(value: MessagePackValue, dialect?: JsonDialect): string {
  return new Writer(dialect).run(value);
}
