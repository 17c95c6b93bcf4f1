/**
 * Demangles Rust symbols, of the v0 scheme (`_R...`, RFC 2603) and the legacy one (`_ZN...E` with a hash at its end).
 * Hashes and disambiguators are omitted, as in the short form of `rustc-demangle`.
 *
 * Invariant: a symbol that is neither, is damaged, or has a very long name is not changed. Nothing depends on a name.
 */
import { punycodeText } from './punycode.js';

/** A symbol refers back to parts of itself, so a short one can stand for a long name. */
const NAME_LENGTH_MAX = 4_096;
const DEPTH_MAX = 200;

/** The name of a Rust symbol; any other text is returned unchanged. */
export function rustName(symbol: string): string {
  if (symbol.startsWith('_R')) return nameOfV0(symbol.slice(2)) ?? symbol;
  return symbol.startsWith('_ZN') ? (nameOfLegacy(symbol) ?? symbol) : symbol;
}

/** A suffix that a compiler has added to a symbol; that of LLVM is omitted. */
function suffixText(suffix: string): string | undefined {
  if (suffix === '' || /^\.llvm\.[0-9A-F@]+$/.test(suffix)) return '';
  return /^\.[!-~]*$/.test(suffix) ? suffix : undefined;
}

const LEGACY_HASH = /^h[0-9a-f]{16}$/;

/** Length and text of each part, the last of them a hash. */
function nameOfLegacy(symbol: string): string | undefined {
  const parts: string[] = [];
  let at = 3;
  for (let digits = /^\d+/; ; ) {
    const length = digits.exec(symbol.slice(at, at + 5))?.[0];
    if (length === undefined) break;
    const start = at + length.length;
    at = start + Number(length);
    if (at > symbol.length) return undefined;
    parts.push(symbol.slice(start, at));
  }
  const suffix = symbol[at] === 'E' ? suffixText(symbol.slice(at + 1)) : undefined;
  if (suffix === undefined || parts.length < 2 || !LEGACY_HASH.test(parts.at(-1)!)) return undefined;
  return parts.slice(0, -1).map(legacyPart).join('::') + suffix;
}

const LEGACY_ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

function legacyPart(part: string): string {
  return part
    .replace(/^_\$/, '$')
    .replace(/\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$|\.\./g, (sign, code?: string, name?: string) => {
      if (sign === '..') return '::';
      if (code === undefined) return LEGACY_ESCAPES[name!] ?? sign;
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : sign;
    });
}

/** A symbol is malformed, or its name is too long. */
class Unreadable extends Error {}

function nameOfV0(mangled: string): string | undefined {
  try {
    return new V0Reader(mangled).symbol();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

const BASIC_TYPES: Readonly<Record<string, string>> = {
  b: 'bool',
  c: 'char',
  e: 'str',
  u: '()',
  a: 'i8',
  s: 'i16',
  l: 'i32',
  x: 'i64',
  n: 'i128',
  i: 'isize',
  h: 'u8',
  t: 'u16',
  m: 'u32',
  y: 'u64',
  o: 'u128',
  j: 'usize',
  f: 'f32',
  d: 'f64',
  z: '!',
  p: '_',
  v: '...',
};

const CLOSURES: Readonly<Record<string, string>> = { C: 'closure', S: 'shim' };

/** A reader by recursive descent: each method reads one rule of the RFC and returns its text. */
class V0Reader {
  #at = 0;
  #depth = 0;
  #written = 0;
  /** Number of lifetimes that enclosing binders have bound. */
  #lifetimes = 0;

  constructor(readonly text: string) {}

  symbol(): string {
    const name = this.#path(true);
    // The crate that instantiated a generic function, which is omitted.
    if (/[A-Z]/.test(this.#peek())) this.#path(false);
    const suffix = suffixText(this.text.slice(this.#at));
    if (suffix === undefined) throw new Unreadable();
    return name + suffix;
  }

  #peek(): string {
    return this.text[this.#at] ?? '';
  }

  #next(): string {
    if (this.#at >= this.text.length) throw new Unreadable();
    return this.text[this.#at++];
  }

  #takes(tag: string): boolean {
    if (this.#peek() !== tag) return false;
    this.#at++;
    return true;
  }

  /** Bounds what is written, and how deep. */
  #within(read: () => string): string {
    if (++this.#depth > DEPTH_MAX) throw new Unreadable();
    const text = read();
    this.#depth--;
    this.#written += text.length;
    if (text.length > NAME_LENGTH_MAX || this.#written > DEPTH_MAX * NAME_LENGTH_MAX) throw new Unreadable();
    return text;
  }

  /** A number to the base 62 and `_`; `_` alone is 0. The hash of a crate is rounded, and is not written. */
  #base62(): number {
    if (this.#takes('_')) return 0;
    let value = 0;
    for (;;) {
      const digit = this.#next();
      if (digit === '_') break;
      value = value * 62 + '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(digit);
      if (!/[0-9a-zA-Z]/.test(digit)) throw new Unreadable();
    }
    return value + 1;
  }

  /** The number after a tag, counted from 1; 0 if there is no tag. */
  #optional(tag: string): number {
    return this.#takes(tag) ? this.#base62() + 1 : 0;
  }

  #backref(read: () => string): string {
    const start = this.#at - 1;
    const target = this.#base62();
    if (target >= start) throw new Unreadable();
    const back = this.#at;
    this.#at = target;
    const text = this.#within(read);
    this.#at = back;
    return text;
  }

  #identifier(): { readonly name: string; readonly number: number } {
    const number = this.#optional('s');
    return { number, name: this.#plainIdentifier() };
  }

  #plainIdentifier(): string {
    const isPunycode = this.#takes('u');
    const digits = /^(?:0|[1-9]\d{0,5})/.exec(this.text.slice(this.#at, this.#at + 7))?.[0];
    if (digits === undefined) throw new Unreadable();
    this.#at += digits.length;
    this.#takes('_');
    const end = this.#at + Number(digits);
    if (end > this.text.length) throw new Unreadable();
    const text = this.text.slice(this.#at, end);
    this.#at = end;
    if (!isPunycode) return text;
    return punycodeText(text) ?? `punycode{${text.replace(/_(?=[^_]*$)/, '-')}}`;
  }

  /** @param isValue whether generic arguments are written as in an expression, `f::<T>` */
  #path(isValue: boolean): string {
    return this.#within(() => this.#pathOf(this.#next(), isValue));
  }

  #pathOf(tag: string, isValue: boolean): string {
    switch (tag) {
      case 'C':
        return this.#identifier().name;
      case 'M':
        this.#implPath();
        return `<${this.#type()}>`;
      case 'X':
        this.#implPath();
        return this.#asTrait();
      case 'Y':
        return this.#asTrait();
      case 'N':
        return this.#nested(isValue);
      case 'I': {
        const path = this.#path(isValue);
        return `${path}${isValue ? '::' : ''}<${this.#until('E', () => this.#genericArgument()).join(', ')}>`;
      }
      case 'B':
        return this.#backref(() => this.#path(isValue));
      default:
        throw new Unreadable();
    }
  }

  #implPath(): void {
    this.#optional('s');
    this.#path(false);
  }

  #asTrait(): string {
    const type = this.#type();
    return `<${type} as ${this.#path(false)}>`;
  }

  #nested(isValue: boolean): string {
    const namespace = this.#next();
    const path = this.#path(isValue);
    const { name, number } = this.#identifier();
    if (/[a-z]/.test(namespace)) return name === '' ? path : `${path}::${name}`;
    if (!/[A-Z]/.test(namespace)) throw new Unreadable();
    return `${path}::{${CLOSURES[namespace] ?? namespace}${name === '' ? '' : `:${name}`}#${number}}`;
  }

  #until(end: string, read: () => string): string[] {
    const items: string[] = [];
    while (!this.#takes(end)) items.push(read());
    return items;
  }

  #genericArgument(): string {
    if (this.#takes('L')) return this.#lifetime(this.#base62());
    return this.#takes('K') ? this.#constant(false) : this.#type();
  }

  /** `'a`, `'b` ... by its binder; `'_` for an erased one. */
  #lifetime(index: number): string {
    if (index === 0) return "'_";
    const depth = this.#lifetimes - index;
    if (depth < 0) throw new Unreadable();
    return depth < 26 ? `'${String.fromCharCode(0x61 + depth)}` : `'_${depth}`;
  }

  /** `for<'a>` and its content. */
  #bound(read: () => string): string {
    const count = this.#optional('G');
    if (count > 1_000) throw new Unreadable();
    this.#lifetimes += count;
    const names = Array.from({ length: count }, (_, at) => this.#lifetime(count - at));
    const text = read();
    this.#lifetimes -= count;
    return count === 0 ? text : `for<${names.join(', ')}> ${text}`;
  }

  #type(): string {
    return this.#within(() => {
      const tag = this.#peek();
      const basic = BASIC_TYPES[tag];
      if (basic !== undefined) {
        this.#at++;
        return basic;
      }
      if (/[CMXYNI]/.test(tag)) return this.#path(false);
      this.#at++;
      return this.#compoundType(tag);
    });
  }

  #compoundType(tag: string): string {
    switch (tag) {
      case 'R':
      case 'Q': {
        const lifetime = this.#takes('L') ? this.#base62() : 0;
        const name = lifetime === 0 ? '' : `${this.#lifetime(lifetime)} `;
        return `&${name}${tag === 'Q' ? 'mut ' : ''}${this.#type()}`;
      }
      case 'P':
        return `*const ${this.#type()}`;
      case 'O':
        return `*mut ${this.#type()}`;
      case 'S':
        return `[${this.#type()}]`;
      case 'A': {
        const type = this.#type();
        return `[${type}; ${this.#constant(true)}]`;
      }
      case 'T': {
        const items = this.#until('E', () => this.#type());
        return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
      }
      case 'F':
        return this.#bound(() => this.#signature());
      case 'D':
        return this.#dynamic();
      case 'B':
        return this.#backref(() => this.#type());
      default:
        throw new Unreadable();
    }
  }

  #signature(): string {
    const unsafe = this.#takes('U') ? 'unsafe ' : '';
    const abi = this.#takes('K') ? this.#abi() : '';
    const params = this.#until('E', () => this.#type()).join(', ');
    const returns = this.#takes('u') ? '' : ` -> ${this.#type()}`;
    return `${unsafe}${abi}fn(${params})${returns}`;
  }

  #abi(): string {
    const name = this.#takes('C') ? 'C' : this.#plainIdentifier().replaceAll('_', '-');
    return `extern "${name}" `;
  }

  #dynamic(): string {
    const traits = this.#bound(() => this.#until('E', () => this.#dynamicTrait()).join(' + '));
    if (!this.#takes('L')) throw new Unreadable();
    const lifetime = this.#base62();
    return `dyn ${traits}${lifetime === 0 ? '' : ` + ${this.#lifetime(lifetime)}`}`;
  }

  /** A trait with its associated types among its generic arguments. */
  #dynamicTrait(): string {
    const isGeneric = this.#isGeneric(this.#at);
    const path = this.#path(false);
    const bindings: string[] = [];
    while (this.#takes('p')) {
      const name = this.#plainIdentifier();
      bindings.push(`${name} = ${this.#type()}`);
    }
    if (bindings.length === 0) return path;
    const inside = bindings.join(', ');
    return isGeneric ? `${path.slice(0, -1)}, ${inside}>` : `${path}<${inside}>`;
  }

  /** Whether the path at a position, or what it refers back to, ends in generic arguments. */
  #isGeneric(position: number): boolean {
    const back = this.#at;
    this.#at = position;
    const tag = this.#next();
    const target = tag === 'B' ? this.#base62() : position;
    this.#at = back;
    return tag === 'B' && target < position ? this.#isGeneric(target) : tag === 'I';
  }

  /** @param isValue whether it is in a place that needs no braces */
  #constant(isValue: boolean): string {
    return this.#within(() => {
      const tag = this.#next();
      if (tag === 'p') return '_';
      if (tag === 'B') return this.#backref(() => this.#constant(isValue));
      if (!/[bcaslxnihtmyoj]/.test(tag)) throw new Unreadable();
      const sign = this.#takes('n') ? '-' : '';
      const end = this.text.indexOf('_', this.#at);
      const digits = end < 0 ? '' : this.text.slice(this.#at, end);
      if (end < 0 || !/^[0-9a-f]{0,32}$/.test(digits)) throw new Unreadable();
      this.#at = end + 1;
      return `${sign}${constantText(tag, BigInt(`0x0${digits}`))}`;
    });
  }
}

function constantText(tag: string, value: bigint): string {
  if (tag === 'b') return value === 0n ? 'false' : 'true';
  if (tag !== 'c') return String(value);
  return value <= 0x10ffffn ? `'${String.fromCodePoint(Number(value))}'` : String(value);
}
