/**
 * BLAKE2b-256, with a key or without, on the host's WebAssembly: the compression function on 64-bit integers, some six
 * times as fast as on halves in JavaScript (`base/blake2b.ts`). Invariant: the same digest for all bytes; a host with
 * another digest for the test bytes, or that does not compile the kernel, uses the hash of `base`. RFC 7693.
 *
 * Memory of the kernel: the state's eight words, the count of bytes, then blocks of the message.
 */
import { BLOCK_BYTES, Blake2b, IV_HIGH, IV_LOW, SCHEDULES } from '../base/blake2b.js';
import { ByteWriter } from '../base/byte-writer.js';
import { HASH_BYTES, type Hash, type Hasher, hasher, hash as hashInJavaScript, toHex } from '../base/hash.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';
import { CodeWriter } from './code-writer.js';

const WORD_BYTES = 8;
const WORDS = 16;
const STATE_WORDS = 8;
const ROUNDS = 12;
const COUNT_AT = 64;
const MESSAGE_AT = 128;
/** The blocks that fit in one page after the state. */
const CHUNK_BYTES = 65_536 - MESSAGE_AT;
/** The parameter block: fan-out and depth 1; its first bytes are the lengths of digest and key. RFC 7693, section 2.5. */
const PARAMETERS = 0x0101_0000;
/** log2 of the alignment of every access. */
const ALIGNMENT = 3;

/** Locals of the kernel: parameters (blocks, bytes of each, the last block's mask), then its own. */
const BLOCKS = 0;
const BYTES = 1;
const LAST = 2;
const AT = 3;
const V = 4;
const M = V + WORDS;
const COUNT = M + WORDS;

/** The rows of G: which words of the state it mixes. RFC 7693, section 3.2. */
const MIXED: readonly (readonly [a: number, b: number, c: number, d: number])[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];

class KernelWriter extends CodeWriter {
  load(offsetBytes: number): void {
    this.u8(Opcode.I64Load);
    this.u32(ALIGNMENT);
    this.u32(offsetBytes);
  }

  store(offsetBytes: number): void {
    this.u8(Opcode.I64Store);
    this.u32(ALIGNMENT);
    this.u32(offsetBytes);
  }

  /** A word of the initial state. */
  initial(word: number): void {
    this.u8(Opcode.I64Const);
    this.s64(IV_LOW[word], IV_HIGH[word]);
  }

  /** Adds a word to the one on the stack. */
  add(local: number): void {
    this.localGet(local);
    this.op(Opcode.I64Add);
  }

  /** `to = rotr(to ^ with, bits)`, where `with` is on the stack; leaves it there. */
  xorRotated(to: number, bits: number): void {
    this.localGet(to);
    this.op(Opcode.I64Xor);
    this.i64Const(bits);
    this.op(Opcode.I64Rotr);
    this.localTee(to);
  }

  /** Half of G: `a += b + m`, `d = rotr(d ^ a)`, `c += d`, `b = rotr(b ^ c)`. */
  half([a, b, c, d]: readonly number[], message: number, first: number, second: number): void {
    this.localGet(V + a);
    this.add(V + b);
    this.add(M + message);
    this.localTee(V + a);
    this.xorRotated(V + d, first);
    this.add(V + c);
    this.localTee(V + c);
    this.xorRotated(V + b, second);
    this.op(Opcode.Drop);
  }
}

/** `compress(blocks, bytes, last)`: takes `blocks` of the message, each of which counts `bytes`. */
function kernelBody(): Uint8Array {
  const code = new KernelWriter();
  // Locals: one i32, then the words.
  code.bytes(Uint8Array.of(2, 1, ValueType.I32, 2 * WORDS + 1, ValueType.I64));
  code.i32Const(MESSAGE_AT);
  code.localSet(AT);
  code.bytes(Uint8Array.of(Opcode.Loop, 0x40));
  for (let word = 0; word < WORDS; word++) {
    code.localGet(AT);
    code.load(WORD_BYTES * word);
    code.localSet(M + word);
  }
  code.i32Const(0);
  code.i32Const(0);
  code.load(COUNT_AT);
  code.add(BYTES);
  code.localTee(COUNT);
  code.store(COUNT_AT);
  writeFirstState(code);
  for (let round = 0; round < ROUNDS; round++) {
    const schedule = SCHEDULES[round % SCHEDULES.length];
    MIXED.forEach((mixed, i) => {
      code.half(mixed, schedule[2 * i], 32, 24);
      code.half(mixed, schedule[2 * i + 1], 16, 63);
    });
  }
  for (let word = 0; word < STATE_WORDS; word++) {
    code.i32Const(0);
    code.i32Const(0);
    code.load(WORD_BYTES * word);
    for (const half of [V + word, V + STATE_WORDS + word]) {
      code.localGet(half);
      code.op(Opcode.I64Xor);
    }
    code.store(WORD_BYTES * word);
  }
  writeNext(code);
  code.bytes(Uint8Array.of(Opcode.End, Opcode.End));
  return code.finish();
}

/** The sixteen words that the rounds mix. */
function writeFirstState(code: KernelWriter): void {
  for (let word = 0; word < STATE_WORDS; word++) {
    code.i32Const(0);
    code.load(WORD_BYTES * word);
    code.localSet(V + word);
  }
  for (let word = 0; word < STATE_WORDS; word++) {
    code.initial(word);
    const mask = word === 4 ? COUNT : word === 6 ? LAST : undefined;
    if (mask !== undefined) {
      code.localGet(mask);
      code.op(Opcode.I64Xor);
    }
    code.localSet(V + STATE_WORDS + word);
  }
}

/** Continues to the next block, while there is one. */
function writeNext(code: KernelWriter): void {
  code.localGet(AT);
  code.i32Const(BLOCK_BYTES);
  code.op(Opcode.I32Add);
  code.localSet(AT);
  code.localGet(BLOCKS);
  code.i32Const(1);
  code.op(Opcode.I32Sub);
  code.localTee(BLOCKS);
  code.bytes(Uint8Array.of(Opcode.BrIf, 0));
}

function kernelModule(): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  const body = kernelBody();
  out.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  out.section(1, (section) => section.bytes(Uint8Array.of(1, 0x60, 3, ValueType.I32, ValueType.I64, ValueType.I64, 0)));
  out.section(3, (section) => section.bytes(Uint8Array.of(1, 0)));
  out.section(5, (section) => section.bytes(Uint8Array.of(1, 1, 1, 1)));
  out.section(7, (section) => {
    section.u32(2);
    section.name('memory');
    section.bytes(Uint8Array.of(2, 0));
    section.name('compress');
    section.bytes(Uint8Array.of(0, 0));
  });
  out.section(10, (section) => {
    section.u32(1);
    section.u32(body.length);
    section.bytes(body);
  });
  return out.finish();
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly compress: (blocks: number, bytesOfEach: bigint, lastMask: bigint) => void;
}

const NO_KEY = new Uint8Array(0);
const BLOCK_COUNT = BigInt(BLOCK_BYTES);
const NOT_LAST = 0n;
const IS_LAST = -1n;

/** The state before the first block, as stored in the kernel's memory. */
function firstState(digestBytes: number, keyBytes: number): Uint8Array {
  const state = new Uint8Array(MESSAGE_AT);
  const words = new DataView(state.buffer);
  const parameters = PARAMETERS | (keyBytes << 8) | digestBytes;
  for (let word = 0; word < STATE_WORDS; word++) {
    words.setInt32(WORD_BYTES * word, IV_LOW[word] ^ (word === 0 ? parameters : 0), true);
    words.setInt32(WORD_BYTES * word + 4, IV_HIGH[word], true);
  }
  return state;
}

/** Bytes that come in pieces. The kernel's memory is others' between two of them. */
class KernelHasher implements Hasher {
  readonly #bytes: Uint8Array;
  readonly #state: Uint8Array;
  /** Not yet compressed: there is always a byte of the message left for the last block. */
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #filled = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly digestBytes: number,
    key: Uint8Array,
  ) {
    this.#bytes = new Uint8Array(kernel.memory.buffer);
    this.#state = firstState(digestBytes, key.length);
    this.#block.set(key);
    if (key.length > 0) this.#filled = BLOCK_BYTES;
  }

  update(bytes: Uint8Array): this {
    let at = 0;
    while (this.#filled + bytes.length - at > BLOCK_BYTES) at = this.#compressed(bytes, at);
    this.#block.set(bytes.subarray(at), this.#filled);
    this.#filled += bytes.length - at;
    return this;
  }

  digest(): Uint8Array {
    this.#block.fill(0, this.#filled);
    this.#compress(this.#block, 1, BigInt(this.#filled), IS_LAST);
    return this.#bytes.slice(0, this.digestBytes);
  }

  /** As many blocks as the kernel's memory holds; returns up to where they reach. */
  #compressed(bytes: Uint8Array, from: number): number {
    const filled = this.#filled;
    const whole = Math.ceil((filled + bytes.length - from) / BLOCK_BYTES) - 1;
    const blocks = Math.min(whole, CHUNK_BYTES / BLOCK_BYTES);
    const end = from + blocks * BLOCK_BYTES - filled;
    this.#bytes.set(bytes.subarray(from, end), MESSAGE_AT + filled);
    this.#compress(this.#block.subarray(0, filled), blocks, BLOCK_COUNT, NOT_LAST);
    this.#state.set(this.#bytes.subarray(0, MESSAGE_AT));
    this.#filled = 0;
    return end;
  }

  #compress(start: Uint8Array, blocks: number, bytesOfEach: bigint, lastMask: bigint): void {
    this.#bytes.set(this.#state);
    this.#bytes.set(start, MESSAGE_AT);
    this.kernel.compress(blocks, bytesOfEach, lastMask);
  }
}

/** A hash with its own kernel. It calls nothing that could call it back, so one memory serves all its calls. */
function hashOn(kernel: Kernel, digestBytes: number, key: Uint8Array): Hash {
  const { memory, compress } = kernel;
  const bytes = new Uint8Array(memory.buffer);
  /** A key is a block before the message; without a message it is the last one. */
  const afterKey = (lastMask: bigint): Uint8Array => {
    bytes.set(firstState(digestBytes, key.length));
    bytes.fill(0, MESSAGE_AT, MESSAGE_AT + BLOCK_BYTES);
    bytes.set(key, MESSAGE_AT);
    compress(1, BLOCK_COUNT, lastMask);
    return bytes.slice(0, MESSAGE_AT);
  };
  const first = key.length === 0 ? firstState(digestBytes, 0) : afterKey(NOT_LAST);
  const keyAlone = key.length === 0 ? undefined : afterKey(IS_LAST);
  const hash = (message: Uint8Array) => {
    const { length } = message;
    if (length === 0 && keyAlone !== undefined) return keyAlone.slice(0, digestBytes);
    bytes.set(first);
    let at = 0;
    // The last block is never here: it is marked, and there is one even for no bytes.
    for (; length - at > CHUNK_BYTES; at += CHUNK_BYTES) {
      bytes.set(message.subarray(at, at + CHUNK_BYTES), MESSAGE_AT);
      compress(CHUNK_BYTES / BLOCK_BYTES, BLOCK_COUNT, NOT_LAST);
    }
    const left = length - at;
    const whole = left === 0 ? 0 : Math.ceil(left / BLOCK_BYTES) - 1;
    const lastAt = whole * BLOCK_BYTES;
    bytes.set(at === 0 ? message : message.subarray(at), MESSAGE_AT);
    bytes.fill(0, MESSAGE_AT + left, MESSAGE_AT + lastAt + BLOCK_BYTES);
    if (whole > 0) {
      compress(whole, BLOCK_COUNT, NOT_LAST);
      bytes.copyWithin(MESSAGE_AT, MESSAGE_AT + lastAt, MESSAGE_AT + lastAt + BLOCK_BYTES);
    }
    compress(1, BigInt(left - lastAt), IS_LAST);
    return bytes.slice(0, digestBytes);
  };
  return Object.assign(hash, { hasher: () => new KernelHasher(kernel, digestBytes, key) });
}

/** Lengths that exercise all of the kernel: no bytes, a block, several. The specs test the code around it. */
const TRIED_BYTES: readonly number[] = [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES];

function isRight(hash: Hash, oracle: Hash): boolean {
  const message = new Uint8Array(3 * BLOCK_BYTES);
  for (let i = 0; i < message.length; i++) message[i] = (i * 167) >> 3;
  return TRIED_BYTES.every((length) => {
    const part = message.subarray(0, length);
    const right = toHex(oracle(part));
    return toHex(hash(part)) === right && toHex(inTwoPieces(hash, part)) === right;
  });
}

function inTwoPieces(hash: Hash, message: Uint8Array): Uint8Array {
  const pieces = hasher(hash);
  pieces.update(message.subarray(0, 1));
  pieces.update(message.subarray(1));
  return pieces.digest();
}

/**
 * The hash on this host. This takes about a millisecond, so do it once for an engine.
 * @throws the host's error for a module that it does not compile
 */
export function hostHash(): Hash {
  return checked(HASH_BYTES, NO_KEY, hashInJavaScript);
}

/**
 * BLAKE2b with a digest of another length, as `hostHash`.
 * @param digestBytes 1 to 64
 */
export function hostDigest(digestBytes: number): Hash {
  return checked(digestBytes, NO_KEY, (message) => new Blake2b(digestBytes).update(message).digest());
}

/**
 * BLAKE2b-256 with a key, as `hostHash`.
 * @param key 1 to 64 bytes
 */
export function hostMac(key: Uint8Array): Hash {
  return checked(HASH_BYTES, key, (message) => new Blake2b(HASH_BYTES, key).update(message).digest());
}

function checked(digestBytes: number, key: Uint8Array, inJavaScript: Hash): Hash {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelModule()));
  const hash = hashOn(exports as unknown as Kernel, digestBytes, key);
  return isRight(hash, inJavaScript) ? hash : inJavaScript;
}
