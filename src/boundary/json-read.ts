/** Reads JSON as MessagePack values: see `json.ts` for the forms. Linear in the text, no recursion. */
import { fromHex } from '../base/hash.js';
import { decodeUtf8 } from '../base/utf8.js';
import { type FromJson, type JsonDialect, type JsonFault, NESTED_MESSAGEPACK_MAX } from './json.js';
import {
  Float,
  keyIdentity,
  MESSAGEPACK_DEPTH_MAX,
  type MessagePackKey,
  type MessagePackValue,
} from './messagepack.js';
import { type Encodable, encodeMessagePack } from './messagepack-encode.js';

const FAULTED = Symbol('faulted');
const OPENED = Symbol('opened');
type Step = MessagePackValue | typeof FAULTED | typeof OPENED;

interface Frame {
  readonly list: MessagePackValue[] | undefined;
  readonly map: Map<string, MessagePackValue> | undefined;
  readonly offset: number;
  /** containers that are open around it, since the last `$msgpack` */
  readonly around: number;
  /** how many `$msgpack` are around it */
  readonly nested: number;
  key: string;
  /** nesting of the deepest value in it */
  depth: number;
}

/** Containers open at once. A map in `$map` form nests three times in JSON and once in MessagePack; a scalar may be a form. */
const OPEN_MAX = 3 * MESSAGEPACK_DEPTH_MAX + 1;
const TOO_DEEP = `nested deeper than ${MESSAGEPACK_DEPTH_MAX}`;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const NUMBER_CHARACTERS = '0123456789+-.eE';
/** A longer literal is refused: conversion to a bigint is not linear. */
const NUMBER_LENGTH_MAX = 1_100;
const INTEGER_LENGTH_MAX = 20;
const LONE_SURROGATE = /\p{Surrogate}/u;
const HEX = /^(?:[0-9a-fA-F]{2})*$/;
const I64_MIN = -(2n ** 63n);
const U64_MAX = 2n ** 64n - 1n;

/** The integer that decimal digits spell, in the model's form; undefined if it is outside -2^63 to 2^64 - 1. */
function integerOf(digits: string): number | bigint | undefined {
  if (digits.length > INTEGER_LENGTH_MAX || !INTEGER.test(digits)) return undefined;
  const value = BigInt(digits);
  if (value < I64_MIN || value > U64_MAX) return undefined;
  const narrow = Number(value);
  return Number.isSafeInteger(narrow) ? narrow : value;
}

function binaryOf(value: MessagePackValue): Uint8Array | string {
  if (typeof value !== 'string' || !HEX.test(value)) return '"$bin" takes hexadecimal digits, two for each byte';
  return fromHex(value.toLowerCase());
}

function floatOf(width: 32 | 64, value: MessagePackValue): Float | string {
  const form = width === 64 ? '$float' : '$float32';
  if (typeof value === 'string') {
    if (new RegExp(`^0x[0-9a-fA-F]{${width / 4}}$`).test(value)) return Float.ofBits(width, BigInt(value));
    return `"${form}" takes a number or "0x" and ${width / 4} hexadecimal digits`;
  }
  const number = value instanceof Float ? value.value : typeof value === 'number' ? value : undefined;
  if (number === undefined) return `"${form}" takes a number or its bits`;
  if (width === 64) return Float.f64(number);
  if (!Object.is(Math.fround(number), number)) return `${number} is not exact as f32; write its bits`;
  return Float.f32(number);
}

function mapOf(value: MessagePackValue): ReadonlyMap<MessagePackKey, MessagePackValue> | string {
  if (!Array.isArray(value)) return '"$map" takes an array of [key, value]';
  const map = new Map<MessagePackKey, MessagePackValue>();
  const identities = new Set<string>();
  for (const pair of value as readonly MessagePackValue[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return '"$map" takes an array of [key, value]';
    const [key, content] = pair as unknown as readonly [MessagePackValue, MessagePackValue];
    if (Array.isArray(key) || key instanceof Map) return 'an array or a map cannot be the key of a map';
    const identity = keyIdentity(key as MessagePackKey);
    if (map.has(key as MessagePackKey) || (identity !== undefined && identities.has(identity)))
      return 'the same key twice';
    if (identity !== undefined) identities.add(identity);
    map.set(key as MessagePackKey, content);
  }
  return map;
}

/** What a `$` form stands for. */
interface Form {
  readonly value: MessagePackValue;
  readonly depth: number;
}

function scalarForm(value: Exclude<MessagePackValue, string> | string): Form | string {
  return typeof value === 'string' ? value : { value, depth: 0 };
}

/** @param depth nesting of `value` */
function messagePackForm(value: MessagePackValue, depth: number): Form | string {
  return depth > MESSAGEPACK_DEPTH_MAX ? TOO_DEEP : { value: encodeMessagePack(value as Encodable), depth: 0 };
}

/** What a form stands for, or why it is not valid. */
function formOf(form: string, value: MessagePackValue, depth: number): Form | string {
  switch (form) {
    case '$bin':
      return scalarForm(binaryOf(value));
    case '$msgpack':
      return messagePackForm(value, depth);
    case '$str':
      return typeof value === 'string' ? { value, depth: 0 } : '"$str" takes a string';
    case '$int': {
      const integer = typeof value === 'string' ? integerOf(value) : undefined;
      return scalarForm(integer ?? '"$int" takes the decimal digits of an integer from -2^63 to 2^64 - 1, as a string');
    }
    case '$float':
      return scalarForm(floatOf(64, value));
    case '$float32':
      return scalarForm(floatOf(32, value));
    case '$map': {
      const map = mapOf(value);
      // The array and the pairs are no nesting of the map's.
      return typeof map === 'string' ? map : { value: map, depth: Math.max(1, depth - 1) };
    }
    default:
      return `unknown form "${form}"; write a map with this one key as {"$map": [["${form}", ...]]}`;
  }
}

class Reader {
  readonly #text: string;
  readonly #dialect: JsonDialect | undefined;
  readonly #frames: Frame[] = [];
  #offset = 0;
  /** nesting of the last value that was read */
  #depth = 0;
  #fault: JsonFault | undefined;

  constructor(text: string, dialect: JsonDialect | undefined) {
    this.#text = text;
    this.#dialect = dialect;
  }

  run(): FromJson {
    let step = this.#start();
    for (;;) {
      if (step === FAULTED) return { ok: false, fault: this.#fault! };
      if (step === OPENED) step = this.#first();
      else if (this.#frames.length > 0) step = this.#next(step);
      else if (this.#peek() !== '') step = this.#fail('text after the value');
      else if (this.#depth > MESSAGEPACK_DEPTH_MAX) step = this.#fail(TOO_DEEP, 0);
      else return { ok: true, value: step };
    }
  }

  #fail(reason: string, offset = this.#offset): typeof FAULTED {
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    let line = 1;
    for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
    this.#fault = { line, column: offset - lineStart + 1, reason };
    return FAULTED;
  }

  /** Skips white space and looks at the next character; '' at the end. */
  #peek(): string {
    const text = this.#text;
    while (this.#offset < text.length && ' \t\n\r'.includes(text[this.#offset])) this.#offset += 1;
    return text[this.#offset] ?? '';
  }

  /** A value, or the opening of one. */
  #start(): Step {
    const character = this.#peek();
    if (character === '{' || character === '[') return this.#open(character === '{');
    this.#depth = 0;
    if (character === '"') return this.#stringValue();
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
    for (const [word, value] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const) {
      if (!this.#text.startsWith(word, this.#offset)) continue;
      this.#offset += word.length;
      return value;
    }
    return this.#fail(character === '' ? 'the text ends where a value is expected' : 'not a JSON value');
  }

  #open(isMap: boolean): Step {
    const parent = this.#frames.at(-1);
    const isNested = parent?.map !== undefined && parent.key === '$msgpack';
    const around = parent === undefined || isNested ? 0 : parent.around + 1;
    const nested = (parent?.nested ?? 0) + (isNested ? 1 : 0);
    if (around >= OPEN_MAX) return this.#fail(`nested deeper than ${OPEN_MAX}`);
    if (nested > NESTED_MESSAGEPACK_MAX) return this.#fail(`"$msgpack" nested deeper than ${NESTED_MESSAGEPACK_MAX}`);
    this.#frames.push({
      list: isMap ? undefined : [],
      map: isMap ? new Map() : undefined,
      offset: this.#offset,
      around,
      nested,
      key: '',
      depth: 0,
    });
    this.#offset += 1;
    return OPENED;
  }

  /** After an opening: the end, or the first value. */
  #first(): Step {
    const frame = this.#frames.at(-1)!;
    const end = frame.list === undefined ? '}' : ']';
    if (this.#peek() === end) return this.#close(frame);
    return frame.list === undefined ? this.#keyAndStart(frame) : this.#start();
  }

  /** After a value within a container: the end, or a comma and the next value. */
  #next(value: MessagePackValue): Step {
    const frame = this.#frames.at(-1)!;
    frame.depth = Math.max(frame.depth, this.#depth);
    if (frame.list !== undefined) frame.list.push(value);
    else frame.map!.set(frame.key, value);
    const end = frame.list === undefined ? '}' : ']';
    const character = this.#peek();
    if (character === end) return this.#close(frame);
    if (character !== ',') return this.#fail(`expected , or ${end}`);
    this.#offset += 1;
    return frame.list === undefined ? this.#keyAndStart(frame) : this.#start();
  }

  #keyAndStart(frame: Frame): Step {
    if (this.#peek() !== '"') return this.#fail('expected a key in quotes');
    const offset = this.#offset;
    const key = this.#string();
    if (typeof key !== 'string') return FAULTED;
    if (frame.map!.has(key)) return this.#fail('the same key twice', offset);
    frame.key = key;
    if (this.#peek() !== ':') return this.#fail('expected : after the key');
    this.#offset += 1;
    return this.#start();
  }

  #close(frame: Frame): Step {
    this.#offset += 1;
    this.#frames.pop();
    if (frame.list !== undefined || frame.map!.size !== 1 || !frame.key.startsWith('$')) {
      return this.#closed(frame, frame.list ?? frame.map!, frame.depth + 1);
    }
    const form = formOf(frame.key, frame.map!.get(frame.key)!, frame.depth);
    return typeof form === 'string' ? this.#fail(form, frame.offset) : this.#closed(frame, form.value, form.depth);
  }

  /** A container that is whole. The form around it (`$map`) may yet take one level off. */
  #closed(frame: Frame, value: MessagePackValue, depth: number): Step {
    this.#depth = depth;
    return depth > MESSAGEPACK_DEPTH_MAX + 1 ? this.#fail(TOO_DEEP, frame.offset) : value;
  }

  /** A string in place of a value: in a dialect it may be a binary. */
  #stringValue(): Step {
    const offset = this.#offset;
    const text = this.#string();
    const frame = this.#frames.at(-1);
    if (typeof text !== 'string' || (frame?.map !== undefined && frame.key === '$str')) return text;
    const bytes = this.#dialect?.bytesOfString(text) ?? text;
    return typeof bytes === 'string' || bytes instanceof Uint8Array ? bytes : this.#fail(bytes.reason, offset);
  }

  #string(): Step {
    const start = this.#offset;
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) return this.#fail('the string has no end', start);
    this.#offset = end + 1;
    const value = parsedString(text.slice(start, end + 1));
    if (value === undefined) return this.#fail('a control character or a bad escape in the string', start);
    if (LONE_SURROGATE.test(value)) return this.#fail('a lone surrogate in the string', start);
    return value;
  }

  #number(): Step {
    const start = this.#offset;
    while (NUMBER_CHARACTERS.includes(this.#text[this.#offset] ?? '?')) this.#offset += 1;
    const literal = this.#text.slice(start, this.#offset);
    const match = literal.length <= NUMBER_LENGTH_MAX ? NUMBER.exec(literal) : null;
    if (match === null) return this.#fail('no JSON number', start);
    if (match[1] === undefined && match[2] === undefined) return this.#integer(literal, start);
    const value = Number(literal);
    return Number.isFinite(value) ? Float.f64(value) : this.#fail('beyond the range of f64', start);
  }

  #integer(literal: string, start: number): Step {
    if (literal === '-0') return this.#fail('-0 is not an integer; write -0.0', start);
    return (
      integerOf(literal) ?? this.#fail('an integer outside -2^63 to 2^64 - 1; a float has a point: 1.0, 1e30', start)
    );
  }
}

/** A JSON string literal by JSON.parse, which knows the escapes; undefined if it is none. */
function parsedString(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Reads a JSON text; see `json.ts` for the forms. Never throws for what the text holds. */
export function messagePackFromJson(text: string, dialect?: JsonDialect): FromJson {
  return new Reader(text, dialect).run();
}

/** The same from the bytes of a file. A byte order mark is allowed, as RFC 8259 lets a reader do. */
export function messagePackFromJsonBytes(bytes: Uint8Array, dialect?: JsonDialect): FromJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { ok: false, fault: { line: 1, column: 1, reason: 'the file is not UTF-8' } };
  return messagePackFromJson(text.startsWith('\ufeff') ? text.slice(1) : text, dialect);
}
