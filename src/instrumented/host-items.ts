/**
 * Memories, tables and globals that the host's WebAssembly keeps, behind the machine's interface. The guest changes
 * them without notice, so each is brought up to date when somebody asks for it.
 */
import { Global } from '../machine/global.js';
import { Memory, PAGE_BYTES } from '../machine/memory.js';
import type { Bits } from '../machine/outcome.js';
import { HostFailure } from '../machine/outcome.js';
import { Table } from '../machine/table.js';
import type { GlobalType, SizeLimits, TableType } from '../wasm/types.js';

const NO_BYTES = new Uint8Array(0);

export class HostMemory extends Memory {
  #before: Uint8Array = NO_BYTES;
  /** No byte below was written by the host since the memory was zero. */
  #lowest = Number.POSITIVE_INFINITY;
  /** The size in bytes that the guest knows, where the host's memory is larger; undefined: they are equal. */
  #known: WebAssembly.Global | undefined;

  constructor(
    type: SizeLimits,
    pagesCap: number,
    readonly web: WebAssembly.Memory,
  ) {
    super({ min: 0, max: type.max }, pagesCap);
    this.refresh();
  }

  /** Pages of the host's memory: at least those that the guest knows. */
  get hostPages(): number {
    return this.web.buffer.byteLength / PAGE_BYTES;
  }

  /** Whether the host's memory is larger than the guest knows, so that only guarded code may run. */
  get isGuarded(): boolean {
    return this.#known !== undefined && this.refresh().#known !== undefined;
  }

  /** Takes in what the guest has changed. */
  refresh(): this {
    const { buffer } = this.web;
    const known = this.#known;
    if (known !== undefined) {
      const length = (known.value as number) >>> 0;
      if (length === buffer.byteLength) this.#known = undefined;
      if (this.bytes.buffer !== buffer || this.bytes.length !== length) this.#view(buffer, length);
    } else if (this.bytes.buffer !== buffer) this.#view(buffer, buffer.byteLength);
    return this;
  }

  /** Each call goes from the first size to the one that the guest grows to, so the view before is the next one mostly. */
  #view(buffer: ArrayBuffer, length: number): void {
    const before = this.#before;
    this.#before = this.bytes;
    this.bytes = before.buffer === buffer && before.length === length ? before : new Uint8Array(buffer, 0, length);
    this.pages = length / PAGE_BYTES;
  }

  override write(at: number, bytes: Uint8Array): void {
    if (at < this.#lowest) this.#lowest = at;
    super.write(at, bytes);
  }

  /**
   * Zeroes what a call had and lets the guest know no more than so many pages of it, of which `known` then holds the size.
   * @param lowest no byte below was written by the guest
   */
  shrink(pages: number, lowest: number, known: WebAssembly.Global | undefined): void {
    this.refresh().bytes.fill(0, Math.min(lowest, this.#lowest));
    this.#lowest = Number.POSITIVE_INFINITY;
    if (known === undefined || this.hostPages === pages) return;
    known.value = (pages * PAGE_BYTES) | 0;
    this.#known = known;
    this.refresh();
  }

  override grow(delta: number): number {
    const before = this.refresh().pages;
    const known = this.#known;
    const missing = before + delta - this.hostPages;
    try {
      if (missing > 0) this.web.grow(missing);
    } catch (cause) {
      throw new HostFailure(`the host cannot grow a memory by ${delta} pages`, { cause });
    }
    if (known !== undefined) known.value = ((before + delta) * PAGE_BYTES) | 0;
    this.refresh();
    return before;
  }
}

export class HostTable extends Table {
  constructor(
    type: TableType,
    elementsCap: number,
    readonly web: WebAssembly.Table,
  ) {
    super({ ...type, min: 0 }, elementsCap);
    this.refresh();
  }

  refresh(): this {
    this.length = this.web.length;
    return this;
  }
}

export class HostGlobal extends Global {
  readonly #read: () => Bits;
  readonly #write: (bits: Bits) => void;

  constructor(
    type: GlobalType,
    readonly web: WebAssembly.Global,
    read: () => Bits,
    write: (bits: Bits) => void,
  ) {
    super(type, NO_CELLS);
    this.#read = read;
    this.#write = write;
  }

  override get bits(): Bits {
    return this.#read();
  }

  override set bits(bits: Bits) {
    this.#write(bits);
  }
}

const NO_CELLS = new Int32Array(0);
