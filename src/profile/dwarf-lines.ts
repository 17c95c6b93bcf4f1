/**
 * Lines of the source by address, from `.debug_line` of a module: DWARF, versions 2 to 5, section 6.2 of each. Addresses are offsets
 * in the contents of the code section.
 *
 * The bytes are a stranger's: what cannot be read ends in a fault with its offset, and the work is linear in the bytes, since each
 * entry of a table and each row takes one at least.
 */

/** Sections by name, without those that are not there. */
export interface DebugSections {
  readonly line: Uint8Array;
  readonly str?: Uint8Array;
  readonly lineStr?: Uint8Array;
}

export interface Sequence {
  readonly first: number;
  /** Behind the last row. */
  readonly end: number;
}

export interface DwarfLines {
  readonly files: readonly string[];
  /** Rows, in lists of the same length: each is of the code from its address up to that of the next. */
  readonly addresses: readonly number[];
  /** Index in `files`; -1 where the code of a sequence ends. */
  readonly fileIndices: readonly number[];
  readonly lines: readonly number[];
  /** Rows of one sequence ascend by address. Sequences are by the address of their first row. */
  readonly sequences: readonly Sequence[];
}

export interface DwarfFault {
  readonly reason: string;
  /** In the section. */
  readonly offset: number;
}

export type DwarfRead =
  | { readonly ok: true; readonly lines: DwarfLines }
  | { readonly ok: false; readonly fault: DwarfFault };

class Unreadable extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Reads a section; every read is within its bounds. */
class Section {
  constructor(
    readonly bytes: Uint8Array,
    public pos = 0,
    public end = bytes.length,
  ) {}

  u8(): number {
    if (this.pos >= this.end) throw new Unreadable('the section ends within an entry', this.pos);
    return this.bytes[this.pos++];
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  skip(count: number): void {
    if (count > this.end - this.pos) throw new Unreadable('the section ends within an entry', this.pos);
    this.pos += count;
  }

  /** Unsigned LEB128 below 2^53. */
  uleb(): number {
    const at = this.pos;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw new Unreadable('a number is too large', at);
      if (byte < 0x80) return value;
      if (scale > 2 ** 63) throw new Unreadable('a number is too long', at);
    }
  }

  sleb(): number {
    const at = this.pos;
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        const signed = (byte & 0x40) === 0 ? value : value - scale * 128;
        if (!Number.isSafeInteger(signed)) throw new Unreadable('a number is too large', at);
        return signed;
      }
      if (scale > 2 ** 63) throw new Unreadable('a number is too long', at);
    }
  }

  /** Text up to a zero. */
  text(): string {
    const end = Math.min(this.end, this.pos + TEXT_BYTES_MAX);
    const zero = this.bytes.subarray(this.pos, end).indexOf(0) + this.pos;
    if (zero < this.pos) throw new Unreadable('a string has no end, or is too long', this.pos);
    const text = new TextDecoder().decode(this.bytes.subarray(this.pos, zero));
    this.pos = zero + 1;
    return text;
  }
}

/** Bytes of a path. Entries may all refer to the same ones. */
const TEXT_BYTES_MAX = 4_096;

/** What a file's entry may hold (DW_LNCT, DW_FORM). */
const CONTENT_PATH = 1;
const CONTENT_DIRECTORY = 2;
const FORM = {
  block2: 3,
  block4: 4,
  data2: 5,
  data4: 6,
  data8: 7,
  string: 8,
  block: 9,
  block1: 10,
  data1: 11,
} as const;
const FORM_MORE = { strp: 14, udata: 15, data16: 30, lineStrp: 31 } as const;

/** Standard and extended opcodes (DW_LNS, DW_LNE). */
const enum Standard {
  Extended = 0,
  Copy = 1,
  AdvancePc = 2,
  AdvanceLine = 3,
  SetFile = 4,
  ConstAddPc = 8,
  FixedAdvancePc = 9,
}
const enum Extended {
  EndSequence = 1,
  SetAddress = 2,
}

/** Addresses of a module are below it; linkers give code that they left out one above, or 0. */
const ADDRESS_MAX = 0x7fff_ffff;

interface Header {
  readonly minInstruction: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operands: readonly number[];
  /** Index in all files of each file of the unit. */
  readonly files: readonly number[];
}

class LineReader {
  readonly files: string[] = [];
  readonly addresses: number[] = [];
  readonly fileIndices: number[] = [];
  readonly lines: number[] = [];
  readonly sequences: Sequence[] = [];
  readonly #fileIndices = new Map<string, number>();

  constructor(readonly sections: DebugSections) {}

  read(): void {
    const section = new Section(this.sections.line);
    while (section.pos < section.bytes.length) {
      section.end = section.bytes.length;
      const at = section.pos;
      const length = section.u32();
      if (length >= 0xffff_fff0) throw new Unreadable('64-bit DWARF is not supported', at);
      const start = section.pos;
      section.skip(length);
      const unit = new Section(section.bytes, start, section.pos);
      this.#program(unit, this.#header(unit));
    }
    this.sequences.sort((a, b) => this.addresses[a.first] - this.addresses[b.first] || a.first - b.first);
  }

  #header(unit: Section): Header {
    const at = unit.pos;
    const version = unit.u16();
    if (version < 2 || version > 5) throw new Unreadable(`version ${version} of line tables is not supported`, at);
    if (version >= 5) unit.skip(2);
    const headerLength = unit.u32();
    const end = unit.pos + headerLength;
    const minInstruction = unit.u8();
    if (version >= 4) unit.skip(1);
    unit.skip(1);
    const lineBase = (unit.u8() << 24) >> 24;
    const lineRange = unit.u8();
    if (lineRange === 0) throw new Unreadable('the line range is 0', unit.pos - 1);
    const opcodeBase = unit.u8();
    const operands: number[] = [0];
    for (let opcode = 1; opcode < opcodeBase; opcode++) operands.push(unit.u8());
    const files = version >= 5 ? this.#fileTable5(unit) : this.#fileTable(unit);
    if (end < unit.pos || end > unit.end) throw new Unreadable('the header has another length', at);
    unit.pos = end;
    return { minInstruction, lineBase, lineRange, opcodeBase, operands, files };
  }

  #fileTable(unit: Section): readonly number[] {
    const folders: string[] = [''];
    for (let name = unit.text(); name !== ''; name = unit.text()) folders.push(name);
    // Files are counted from 1.
    const files: number[] = [-1];
    for (let name = unit.text(); name !== ''; name = unit.text()) {
      const folder = folders[unit.uleb()] ?? '';
      unit.uleb();
      unit.uleb();
      files.push(this.#fileIndex(folder, name));
    }
    return files;
  }

  #fileTable5(unit: Section): readonly number[] {
    const folders = this.#entries(unit).map(({ path }) => path);
    return this.#entries(unit).map(({ path, directory }) => this.#fileIndex(folders[directory] ?? '', path));
  }

  #entries(unit: Section): readonly { readonly path: string; readonly directory: number }[] {
    const formats: (readonly [content: number, form: number])[] = [];
    for (let count = unit.u8(); count > 0; count--) formats.push([unit.uleb(), unit.uleb()]);
    const at = unit.pos;
    const count = unit.uleb();
    if (count > unit.end - unit.pos || (formats.length === 0 && count > 0))
      throw new Unreadable('a table has more entries than bytes', at);
    const entries: { readonly path: string; readonly directory: number }[] = [];
    for (let left = count; left > 0; left--) {
      let path = '';
      let directory = 0;
      for (const [content, form] of formats) {
        const value = this.#value(unit, form);
        if (content === CONTENT_PATH && typeof value === 'string') path = value;
        else if (content === CONTENT_DIRECTORY && typeof value === 'number') directory = value;
      }
      entries.push({ path, directory });
    }
    return entries;
  }

  #value(unit: Section, form: number): string | number | undefined {
    const { str, lineStr } = this.sections;
    switch (form) {
      case FORM.string:
        return unit.text();
      case FORM_MORE.lineStrp:
        return textAt(lineStr, unit);
      case FORM_MORE.strp:
        return textAt(str, unit);
      case FORM_MORE.udata:
        return unit.uleb();
      case FORM.data1:
        return unit.u8();
      case FORM.data2:
        return unit.u16();
      case FORM.data4:
        return unit.u32();
      default:
        unit.skip(this.#lengthOf(unit, form));
        return undefined;
    }
  }

  #lengthOf(unit: Section, form: number): number {
    if (form === FORM.data8) return 8;
    if (form === FORM_MORE.data16) return 16;
    if (form === FORM.block) return unit.uleb();
    if (form === FORM.block1) return unit.u8();
    if (form === FORM.block2) return unit.u16();
    if (form === FORM.block4) return unit.u32();
    throw new Unreadable(`form ${form} is not supported`, unit.pos);
  }

  #fileIndex(folder: string, name: string): number {
    const path = folder === '' || name.startsWith('/') ? name : `${folder}/${name}`;
    const known = this.#fileIndices.get(path);
    if (known !== undefined) return known;
    this.#fileIndices.set(path, this.files.length);
    return this.files.push(path) - 1;
  }

  /** The line number program of a unit. */
  #program(unit: Section, header: Header): void {
    const { minInstruction, lineBase, lineRange, opcodeBase, operands, files } = header;
    let address = 0;
    let file = 1;
    let line = 1;
    let isLive = false;
    let last = 0;
    let first = this.addresses.length;
    const close = (): void => {
      const end = this.addresses.length;
      if (end > first) this.sequences.push({ first, end });
      first = end;
    };
    const row = (index: number): void => {
      if (!isLive || address > ADDRESS_MAX || address < last) return;
      last = address;
      this.addresses.push(address);
      this.fileIndices.push(index);
      this.lines.push(Math.max(line, 0));
    };
    while (unit.pos < unit.end) {
      const opcode = unit.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        address += Math.floor(adjusted / lineRange) * minInstruction;
        line += lineBase + (adjusted % lineRange);
        row(files[file] ?? -1);
        continue;
      }
      switch (opcode) {
        case Standard.Extended: {
          const length = unit.uleb();
          const end = unit.pos + length;
          if (length > unit.end - unit.pos) throw new Unreadable('an opcode is longer than its unit', unit.pos);
          const extended = length === 0 ? 0 : unit.u8();
          if (extended === Extended.EndSequence) {
            row(-1);
            close();
            [address, file, line, last, isLive] = [0, 1, 1, 0, false];
          } else if (extended === Extended.SetAddress) {
            address = unit.u32();
            isLive = address > 0 && address <= ADDRESS_MAX;
          }
          unit.pos = end;
          break;
        }
        case Standard.Copy:
          row(files[file] ?? -1);
          break;
        case Standard.AdvancePc:
          address += unit.uleb() * minInstruction;
          break;
        case Standard.AdvanceLine:
          line += unit.sleb();
          break;
        case Standard.SetFile:
          file = unit.uleb();
          break;
        case Standard.ConstAddPc:
          address += Math.floor((255 - opcodeBase) / lineRange) * minInstruction;
          break;
        case Standard.FixedAdvancePc:
          address += unit.u16();
          break;
        default:
          for (let left = operands[opcode]; left > 0; left--) unit.uleb();
      }
    }
    close();
  }
}

/** Text of another section, which a unit refers to; what is wrong with it is at the reference. */
function textAt(strings: Uint8Array | undefined, unit: Section): string {
  const at = unit.pos;
  const from = unit.u32();
  if (strings === undefined || from >= strings.length) throw new Unreadable('a string is outside its section', at);
  try {
    return new Section(strings, from).text();
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(error.message, at) : error;
  }
}

/** The lines of a module; a fault for bytes that are no line table. */
export function readDwarfLines(sections: DebugSections): DwarfRead {
  const reader = new LineReader(sections);
  try {
    reader.read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { ok: false, fault: { reason: error.message, offset: error.offset } };
  }
  const { files, addresses, fileIndices, lines, sequences } = reader;
  return { ok: true, lines: { files, addresses, fileIndices, lines, sequences } };
}
