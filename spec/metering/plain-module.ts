/**
 * A naive decoder of valid modules for the oracles: no checks, no speed, its own LEB128. Bodies become trees of
 * instructions. Shares nothing with src/decode but the type `Module` and the instruction table.
 */
import { type InstructionRow, opcodeIndex, ROW_BY_INDEX } from '../../src/wasm/instructions.js';
import type { ByteRange, DataSegment, ElementSegment, Export, Import, Module } from '../../src/wasm/module.js';
import type { FunctionType, GlobalType, ReferenceType, SizeLimits, TableType } from '../../src/wasm/types.js';

/** The parts of a module that the oracles need. */
export type PlainModule = Omit<Module, 'sections' | 'dataCount'>;

/** One instruction of a body with the instructions it encloses. */
export interface Node {
  readonly name: string;
  readonly row: InstructionRow;
  /** Offset of the opcode, and after its immediates. */
  readonly offset: number;
  readonly next: number;
  /** Indices: labels (the default last), function, type, table, local, segment, memarg offset ... */
  readonly immediates: readonly number[];
  /** Bits of a constant. */
  readonly bits: bigint;
  /** Of a block, loop or if. */
  readonly params: number;
  readonly results: number;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
  /** Offsets after the `else` and after the `end`. */
  readonly elseNext: number;
  readonly endNext: number;
}

export interface Body {
  readonly declaredLocals: readonly number[];
  /** Offset of the first instruction. */
  readonly first: number;
  readonly nodes: readonly Node[];
}

class Bytes {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  unsigned(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  }

  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; ) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      shift += 7n;
      if (byte < 128) return byte & 64 ? value - (1n << shift) : value;
    }
  }

  fixed(count: number): bigint {
    let value = 0n;
    for (let index = 0; index < count; index++) value |= BigInt(this.byte()) << BigInt(8 * index);
    return value;
  }

  text(): string {
    const length = this.unsigned();
    this.at += length;
    return Buffer.from(this.bytes.subarray(this.at - length, this.at)).toString('utf8');
  }

  list<T>(item: () => T): T[] {
    const length = this.unsigned();
    const items: T[] = [];
    for (let index = 0; index < length; index++) items.push(item());
    return items;
  }
}

export function readBody(module: PlainModule, definedIndex: number): Body {
  const bytes = new Bytes(module.bytes, module.bodyStarts[definedIndex]!);
  const declaredLocals: number[] = [];
  bytes.list(() => {
    const count = bytes.unsigned();
    const type = bytes.byte();
    for (let index = 0; index < count; index++) declaredLocals.push(type);
  });
  const first = bytes.at;
  return { declaredLocals, first, nodes: readSequence(bytes, module.types).nodes };
}

/** The instructions of a constant expression. */
export function readExpression(module: PlainModule, start: number): readonly Node[] {
  return readSequence(new Bytes(module.bytes, start), module.types).nodes;
}

function readSequence(bytes: Bytes, types: readonly FunctionType[]): { nodes: Node[]; by: 'else' | 'end' } {
  const nodes: Node[] = [];
  for (;;) {
    const offset = bytes.at;
    let opcode = bytes.byte();
    if (opcode === 0x0b) return { nodes, by: 'end' };
    if (opcode === 0x05) return { nodes, by: 'else' };
    if (opcode === 0xfc) opcode = 0xfc00 + bytes.unsigned();
    const row = ROW_BY_INDEX[opcodeIndex(opcode)];
    if (row === undefined) throw new Error(`no instruction 0x${opcode.toString(16)} at ${offset}`);
    nodes.push(readNode(bytes, types, offset, row));
  }
}

function readNode(bytes: Bytes, types: readonly FunctionType[], offset: number, row: InstructionRow): Node {
  const plain = { name: row.name, row, offset, immediates: [] as number[], bits: 0n, params: 0, results: 0 };
  const none = { body: [], otherwise: undefined, elseNext: 0, endNext: 0 };
  if (row.immediates === 'block') return { ...plain, ...readBlock(bytes, types) };
  const indices = (count: number) => Array.from({ length: count }, () => bytes.unsigned());
  switch (row.immediates) {
    case 'none':
      return { ...plain, ...none, next: bytes.at };
    case 'i32':
      return { ...plain, ...none, bits: BigInt.asUintN(32, bytes.signed()), next: bytes.at };
    case 'i64':
      return { ...plain, ...none, bits: BigInt.asUintN(64, bytes.signed()), next: bytes.at };
    case 'f32':
      return { ...plain, ...none, bits: bytes.fixed(4), next: bytes.at };
    case 'f64':
      return { ...plain, ...none, bits: bytes.fixed(8), next: bytes.at };
    case 'labels': {
      const count = bytes.unsigned();
      return { ...plain, ...none, immediates: indices(count + 1), next: bytes.at };
    }
    case 'types': {
      const count = bytes.unsigned();
      return { ...plain, ...none, immediates: indices(count), next: bytes.at };
    }
    case 'memarg':
    case 'type table':
    case 'data memory':
    case 'memory memory':
    case 'element table':
    case 'table table':
      return { ...plain, ...none, immediates: indices(2), next: bytes.at };
    default:
      return { ...plain, ...none, immediates: indices(1), next: bytes.at };
  }
}

function readBlock(bytes: Bytes, types: readonly FunctionType[]) {
  const code = bytes.signed();
  const type = code >= 0n ? types[Number(code)]! : undefined;
  const params = type === undefined ? 0 : type.params.length;
  const results = type === undefined ? (code === -64n ? 0 : 1) : type.results.length;
  const next = bytes.at;
  const arm = readSequence(bytes, types);
  const elseNext = bytes.at;
  const otherwise = arm.by === 'else' ? readSequence(bytes, types).nodes : undefined;
  return { params, results, next, body: arm.nodes, otherwise, elseNext, endNext: bytes.at };
}

/** The whole module. */
export function readModule(wasm: Uint8Array): PlainModule {
  const bytes = new Bytes(wasm, 8);
  const types: FunctionType[] = [];
  const imports: Import[] = [];
  const functionTypes: number[] = [];
  const tables: TableType[] = [];
  const memories: SizeLimits[] = [];
  const globals: GlobalType[] = [];
  const inits: ByteRange[] = [];
  let exports: Export[] = [];
  let start: Module['start'];
  let elements: ElementSegment[] = [];
  let data: DataSegment[] = [];
  const bodies: ByteRange[] = [];
  const imported = { function: 0, table: 0, memory: 0, global: 0 };

  const valueTypes = () => Uint8Array.from(bytes.list(() => bytes.byte()));
  const sizes = (): SizeLimits => {
    const flag = bytes.byte();
    const min = bytes.unsigned();
    return { min, max: flag & 1 ? bytes.unsigned() : undefined };
  };
  const tableType = (): TableType => {
    const type = bytes.byte() as ReferenceType;
    return { type, ...sizes() };
  };
  const globalType = (): GlobalType => {
    const type = bytes.byte();
    return { type, mutable: bytes.byte() === 1 };
  };
  const expression = (): ByteRange => {
    const from = bytes.at;
    readSequence(bytes, types);
    return { start: from, end: bytes.at };
  };
  const kinds = ['function', 'table', 'memory', 'global'] as const;

  const readImport = (): Import => {
    const offset = bytes.at;
    const [from, name] = [bytes.text(), bytes.text()];
    const kind = kinds[bytes.byte()]!;
    imported[kind]++;
    if (kind === 'function') {
      const typeIndex = bytes.unsigned();
      functionTypes.push(typeIndex);
      return { module: from, name, description: { kind, typeIndex }, offset };
    }
    if (kind === 'table') {
      const type = tableType();
      tables.push(type);
      return { module: from, name, description: { kind, type }, offset };
    }
    if (kind === 'memory') {
      const type = sizes();
      memories.push(type);
      return { module: from, name, description: { kind, type }, offset };
    }
    const type = globalType();
    globals.push(type);
    return { module: from, name, description: { kind, type }, offset };
  };

  const readElement = (): ElementSegment => {
    const offset = bytes.at;
    const flags = bytes.unsigned();
    const mode = flags & 1 ? (flags & 2 ? 'declarative' : 'passive') : 'active';
    const tableIndex = mode === 'active' && flags & 2 ? bytes.unsigned() : 0;
    const offsetExpression = mode === 'active' ? expression() : undefined;
    let type: ReferenceType = 0x70;
    if (flags & 3) {
      const code = bytes.byte();
      if (flags & 4) type = code as ReferenceType;
    }
    if (flags & 4) {
      const expressions = bytes.list(() => expression().start);
      const length = expressions.length;
      const starts = Uint32Array.from(expressions);
      return { mode, type, tableIndex, offsetExpression, functions: undefined, expressions: starts, length, offset };
    }
    const functions = Uint32Array.from(bytes.list(() => bytes.unsigned()));
    const length = functions.length;
    return { mode, type, tableIndex, offsetExpression, functions, expressions: undefined, length, offset };
  };

  const readData = (): DataSegment => {
    const offset = bytes.at;
    const flags = bytes.unsigned();
    const mode = flags === 1 ? 'passive' : 'active';
    const memoryIndex = flags === 2 ? bytes.unsigned() : 0;
    const offsetExpression = mode === 'active' ? expression() : undefined;
    const length = bytes.unsigned();
    bytes.at += length;
    return { mode, memoryIndex, offsetExpression, bytes: { start: bytes.at - length, end: bytes.at }, offset };
  };

  while (bytes.at < wasm.length) {
    const id = bytes.byte();
    const end = bytes.unsigned() + bytes.at;
    if (id === 1) {
      bytes.list(() => {
        bytes.byte();
        types.push({ params: valueTypes(), results: valueTypes() });
      });
    } else if (id === 2) imports.push(...bytes.list(readImport));
    else if (id === 3) functionTypes.push(...bytes.list(() => bytes.unsigned()));
    else if (id === 4) tables.push(...bytes.list(tableType));
    else if (id === 5) memories.push(...bytes.list(sizes));
    else if (id === 6) {
      bytes.list(() => {
        globals.push(globalType());
        inits.push(expression());
      });
    } else if (id === 7) {
      exports = bytes.list(() => {
        const offset = bytes.at;
        return { name: bytes.text(), kind: kinds[bytes.byte()]!, index: bytes.unsigned(), offset };
      });
    } else if (id === 8) start = { offset: bytes.at, functionIndex: bytes.unsigned() };
    else if (id === 9) elements = bytes.list(readElement);
    else if (id === 10) {
      bytes.list(() => {
        const length = bytes.unsigned();
        bodies.push({ start: bytes.at, end: bytes.at + length });
        bytes.at += length;
      });
    } else if (id === 11) data = bytes.list(readData);
    bytes.at = end;
  }

  return {
    bytes: wasm,
    types,
    imports,
    functionTypes: Uint32Array.from(functionTypes),
    importedFunctions: imported.function,
    tables,
    importedTables: imported.table,
    memories,
    importedMemories: imported.memory,
    globals,
    importedGlobals: imported.global,
    globalDefinitions: inits.map((init) => ({ init })),
    exports,
    start,
    elements,
    bodyStarts: Uint32Array.from(bodies, (body) => body.start),
    bodyEnds: Uint32Array.from(bodies, (body) => body.end),
    data,
  };
}
