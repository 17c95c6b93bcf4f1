/**
 * JSON <-> MessagePack value, for people and for the command line's `.json` files.
 *
 * Invariant: `messagePackFromJson(jsonFromMessagePack(v))` gives v back, every bit of it. Own reader, because `JSON.parse`
 * makes 1.0 and 1 the same, rounds integers beyond 2^53, keeps the last of two equal keys and moves integer-like keys to
 * the front. A number without fraction and exponent is an integer, any other a float (f64), rounded once from its text.
 *
 * What JSON has no form for is an object with exactly one key, which begins with `$`:
 *   {"$bin": "0aff"}                  binary, as hexadecimal digits
 *   {"$int": "18446744073709551615"}  integer, as decimal digits
 *   {"$float": 1} {"$float": "0x7ff8000000000000"}       f64, as a number or as its 64 bits
 *   {"$float32": 1.5} {"$float32": "0x7fc00000"}         f32, as a number that it holds exactly or as its 32 bits
 *   {"$map": [[key, value], ...]}     a map with keys that are not strings, or whose one key begins with `$`
 *
 * Source: RFC 8259 for the text; the forms are our own.
 */
import { decodeUtf8 } from '../base/utf8.js';
import {
  Float,
  keyIdentity,
  MESSAGEPACK_DEPTH_MAX,
  type MessagePackKey,
  type MessagePackValue,
} from './messagepack.js';

/** Where and why a text is no JSON, or JSON that has no MessagePack. Line and column count from 1. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

export type FromJson =
  | { readonly ok: true; readonly value: MessagePackValue }
  | { readonly ok: false; readonly fault: JsonFault };

const FAULTED = Symbol('faulted');
const OPENED = Symbol('opened');
type Step = MessagePackValue | typeof FAULTED | typeof OPENED;

interface Frame {
  readonly list: MessagePackValue[] | undefined;
  readonly map: Map<string, MessagePackValue> | undefined;
  readonly offset: number;
  key: string;
}

/** A map in `$map` form nests three times in JSON and once in MessagePack. */
const DEPTH_MAX = 3 * MESSAGEPACK_DEPTH_MAX;

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
  return Uint8Array.from({ length: value.length / 2 }, (_, index) =>
    Number.parseInt(value.slice(2 * index, 2 * index + 2), 16),
  );
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
  if (!Object.is(Math.fround(number), number)) return `${number} is no f32; give its bits`;
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

/** What a `$` form stands for, or why it does not. Strings are reasons: no form makes a string. */
function formOf(form: string, value: MessagePackValue): Exclude<MessagePackValue, string> | string {
  switch (form) {
    case '$bin':
      return binaryOf(value);
    case '$int': {
      const integer = typeof value === 'string' ? integerOf(value) : undefined;
      return integer ?? '"$int" takes the decimal digits of an integer from -2^63 to 2^64 - 1, as a string';
    }
    case '$float':
      return floatOf(64, value);
    case '$float32':
      return floatOf(32, value);
    case '$map':
      return mapOf(value);
    default:
      return `there is no form "${form}"; a map with this one key is {"$map": [["${form}", ...]]}`;
  }
}

class Reader {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  #offset = 0;
  #fault: JsonFault | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  run(): FromJson {
    let step = this.#start();
    for (;;) {
      if (step === FAULTED) return { ok: false, fault: this.#fault! };
      if (step === OPENED) step = this.#first();
      else if (this.#frames.length > 0) step = this.#next(step);
      else if (this.#peek() === '') return { ok: true, value: step };
      else step = this.#fail('text after the value');
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
    while (this.#offset < text.length && ' \t\n\r'.includes(text[this.#offset]!)) this.#offset += 1;
    return text[this.#offset] ?? '';
  }

  /** A value, or the opening of one. */
  #start(): Step {
    const character = this.#peek();
    if (character === '{' || character === '[') return this.#open(character === '{');
    if (character === '"') return this.#string();
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
    return this.#fail(character === '' ? 'the text ends where a value should stand' : 'no JSON value');
  }

  #open(isMap: boolean): Step {
    if (this.#frames.length >= DEPTH_MAX) return this.#fail(`nested deeper than ${DEPTH_MAX}`);
    this.#frames.push({
      list: isMap ? undefined : [],
      map: isMap ? new Map() : undefined,
      offset: this.#offset,
      key: '',
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
    if (frame.list !== undefined) return frame.list;
    if (frame.map!.size !== 1 || !frame.key.startsWith('$')) return frame.map!;
    const value = formOf(frame.key, frame.map!.get(frame.key)!);
    return typeof value === 'string' ? this.#fail(value, frame.offset) : value;
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
    if (literal === '-0') return this.#fail('-0 is no integer; write -0.0', start);
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

/** Reads a JSON text; see the top of the file for what stands for what. Never throws for what the text holds. */
export function messagePackFromJson(text: string): FromJson {
  return new Reader(text).run();
}

/** The same from the bytes of a file. A byte order mark is allowed, as RFC 8259 lets a reader do. */
export function messagePackFromJsonBytes(bytes: Uint8Array): FromJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { ok: false, fault: { line: 1, column: 1, reason: 'the file is not UTF-8' } };
  return messagePackFromJson(text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** A value still to be written, or text that stands between values. */
type Pending = { readonly value: MessagePackValue } | { readonly text: string };

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

function scalarText(value: MessagePackKey): string {
  if (value instanceof Uint8Array) return binaryText(value);
  if (value instanceof Float) return floatText(value);
  if (typeof value === 'bigint') return `{"$int":"${value}"}`;
  return JSON.stringify(value);
}

/** Parts of a container, in order: brackets, separators and values. */
function partsOf(value: readonly MessagePackValue[] | ReadonlyMap<MessagePackKey, MessagePackValue>): Pending[] {
  if (!(value instanceof Map)) {
    const items = value as readonly MessagePackValue[];
    return [
      { text: '[' },
      ...items.flatMap((item, index) => (index ? [{ text: ',' }, { value: item }] : [{ value: item }])),
      { text: ']' },
    ];
  }
  const entries = [...(value as ReadonlyMap<MessagePackKey, MessagePackValue>)];
  const isObject =
    entries.every(([key]) => typeof key === 'string') &&
    !(entries.length === 1 && String(entries[0]![0]).startsWith('$'));
  const parts: Pending[] = [{ text: isObject ? '{' : '{"$map":[' }];
  for (const [index, [key, content]] of entries.entries()) {
    const separator = index > 0 ? ',' : '';
    const text = scalarText(key);
    parts.push({ text: isObject ? `${separator}${text}:` : `${separator}[${text},` }, { value: content });
    if (!isObject) parts.push({ text: ']' });
  }
  parts.push({ text: isObject ? '}' : ']}' });
  return parts;
}

/** One line of JSON that `messagePackFromJson` reads back to the same value. */
export function jsonFromMessagePack(value: MessagePackValue): string {
  const texts: string[] = [];
  const pending: Pending[] = [{ value }];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if ('text' in part) texts.push(part.text);
    else if (Array.isArray(part.value) || part.value instanceof Map) {
      for (const inner of partsOf(part.value).reverse()) pending.push(inner);
    } else texts.push(scalarText(part.value as MessagePackKey));
  }
  return texts.join('');
}
