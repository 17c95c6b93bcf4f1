/**
 * Memories, tables and globals that the host's WebAssembly keeps, behind the machine's interface. The guest changes
 * them without telling, so each is brought up to date when somebody asks for it.
 */
import { Global } from '../machine/global.js';
import { Memory } from '../machine/memory.js';
import type { Bits } from '../machine/outcome.js';
import { HostFailure } from '../machine/outcome.js';
import { Table } from '../machine/table.js';
import type { GlobalType, SizeLimits, TableType } from '../wasm/types.js';

const PAGE_BYTES = 65_536;

export class HostMemory extends Memory {
  constructor(
    type: SizeLimits,
    pagesCap: number,
    readonly web: WebAssembly.Memory,
  ) {
    super({ min: 0, max: type.max }, pagesCap);
    this.refresh();
  }

  /** Takes in a buffer that the guest has grown. */
  refresh(): this {
    if (this.bytes.buffer !== this.web.buffer) {
      this.bytes = new Uint8Array(this.web.buffer);
      this.view = new DataView(this.web.buffer);
      this.pages = this.web.buffer.byteLength / PAGE_BYTES;
    }
    return this;
  }

  override grow(delta: number): number {
    try {
      this.web.grow(delta);
    } catch (cause) {
      throw new HostFailure(`the host cannot grow a memory by ${delta} pages`, { cause });
    }
    const before = this.pages;
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
