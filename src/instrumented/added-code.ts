/**
 * The functions that stand for instructions with a dynamic charge: the rule first, then the charge, exact in 64 bits,
 * then the effect. A guest's instruction becomes a call of one of them. docs/SEMANTICS.md, sections 3 and 5.
 */
import type { Rate } from '../metering/schedule.js';
import { EMPTY_BLOCK } from '../wasm/instruction-reader.js';
import { Opcode } from '../wasm/opcode.js';
import { type FunctionType, ValueType } from '../wasm/types.js';
import type { CodeWriter } from './code-writer.js';
import { checkRange, growGuarded, pushPages } from './guarded-access.js';
import { GaugeGlobal, type Layout, Trapping } from './layout.js';
import { noteStore } from './store-notes.js';
import { noteTrapping, trapForIf } from './trapping.js';

const I32 = ValueType.I32;
/** The state of a segment that was dropped; else it is the segment's length. */
export const DROPPED = -1;

function typeOf(params: readonly number[], results: readonly number[]): FunctionType {
  return { params: Uint8Array.from(params), results: Uint8Array.from(results) };
}

const THREE_OPERANDS = typeOf([I32, I32, I32], []);

/** Charges for the 32-bit count in a local. */
function charge(writer: CodeWriter, layout: Layout, { base, a, b }: Rate, countLocal: number): void {
  if (base === 0 && a === 0) return;
  const fuel = layout.gauge(GaugeGlobal.Fuel);
  writer.globalGet(fuel);
  writer.localGet(countLocal);
  writer.op(Opcode.I64ExtendI32U);
  if (a !== 1) {
    writer.i64Const(a);
    writer.op(Opcode.I64Mul);
  }
  if (b !== 1) {
    writer.i64Const(b - 1);
    writer.op(Opcode.I64Add);
    writer.i64Const(b);
    writer.op(Opcode.I64DivU);
  }
  if (base !== 0) {
    writer.i64Const(base);
    writer.op(Opcode.I64Add);
  }
  writer.op(Opcode.I64Sub);
  writer.globalSet(fuel);
  writer.globalGet(fuel);
  writer.i64Const(0);
  writer.op(Opcode.I64LtS);
  writer.trapIf();
}

/** Pushes the greatest size that the rule allows: it is known when the instance is made. */
function pushSizeMax(writer: CodeWriter, layout: Layout, name: string): void {
  writer.globalGet(layout.state(name));
  writer.op(Opcode.I64ExtendI32U);
}

export const PAGES_MAX = 'pages max';
/** The added function of `memory.grow`, which is there if a body grows its memory. */
export const MEMORY_GROW = 'memory.grow';

export function lengthMaxName(table: number): string {
  return `length max ${table}`;
}

/** The state that holds the cap on the elements of all tables; one table alone has it in its `length max`. */
export const ELEMENTS_MAX = 'elements max';

/** What may not grow above a maximum: both push one number, the size an i64, the maximum an i64. */
interface Bound {
  size(): void;
  max(): void;
}

/** `grow` by rule: -1 if a size + delta is above its maximum; else charge, then what `grow` writes. */
function growBody(
  writer: CodeWriter,
  layout: Layout,
  parts: {
    readonly deltaLocal: number;
    readonly rate: Rate;
    readonly bounds: readonly Bound[];
    grow(): void;
    readonly resultLocal: number;
  },
): void {
  writer.u32(1);
  writer.bytes(Uint8Array.of(1, I32));
  for (const { size, max } of parts.bounds) {
    size();
    writer.localGet(parts.deltaLocal);
    writer.op(Opcode.I64ExtendI32U);
    writer.op(Opcode.I64Add);
    max();
    writer.op(Opcode.I64GtU);
    writer.u8(Opcode.If);
    writer.u8(EMPTY_BLOCK);
    writer.i32Const(-1);
    writer.u8(Opcode.Return);
    writer.u8(Opcode.End);
  }
  charge(writer, layout, parts.rate, parts.deltaLocal);
  parts.grow();
  writer.localTee(parts.resultLocal);
  writer.i32Const(-1);
  writer.op(Opcode.I32Eq);
  trapForIf(writer, layout, Trapping.HostAllocation);
  writer.localGet(parts.resultLocal);
  writer.u8(Opcode.End);
}

export function memoryGrow(layout: Layout): number {
  const { schedule } = layout.metered;
  return layout.helper(MEMORY_GROW, typeOf([I32], [I32]), (writer) =>
    growBody(writer, layout, {
      deltaLocal: 0,
      resultLocal: 1,
      rate: schedule.rates.memoryGrow,
      bounds: [
        {
          size: () => {
            if (layout.form !== 'guarded') writer.op1(Opcode.MemorySize, 0);
            else pushPages(writer, layout);
            writer.op(Opcode.I64ExtendI32U);
          },
          max: () => pushSizeMax(writer, layout, PAGES_MAX),
        },
      ],
      grow: () => {
        if (layout.form === 'guarded') {
          growGuarded(writer, layout, 0);
          return;
        }
        writer.localGet(0);
        writer.op1(Opcode.MemoryGrow, 0);
      },
    }),
  );
}

function pushSize(writer: CodeWriter, opcode: Opcode, index: number): void {
  writer.op1(opcode, index);
  writer.op(Opcode.I64ExtendI32U);
}

/** The elements of all tables together. */
function allTables(writer: CodeWriter, layout: Layout): Bound {
  return {
    size: () =>
      layout.metered.module.tables.forEach((_, table) => {
        pushSize(writer, Opcode.TableSize, table);
        if (table > 0) writer.op(Opcode.I64Add);
      }),
    max: () => pushSizeMax(writer, layout, ELEMENTS_MAX),
  };
}

export function tableGrow(layout: Layout, table: number): number {
  const { module, schedule } = layout.metered;
  const reference = module.tables[table].type;
  return layout.helper(`table.grow ${table}`, typeOf([reference, I32], [I32]), (writer) =>
    growBody(writer, layout, {
      deltaLocal: 1,
      resultLocal: 2,
      rate: schedule.rates.tableGrow,
      bounds: [
        {
          size: () => pushSize(writer, Opcode.TableSize, table),
          max: () => pushSizeMax(writer, layout, lengthMaxName(table)),
        },
        ...(module.tables.length > 1 ? [allTables(writer, layout)] : []),
      ],
      grow: () => {
        writer.localGet(0);
        writer.localGet(1);
        writer.op1(Opcode.TableGrow, table);
      },
    }),
  );
}

function pushOperands(writer: CodeWriter): void {
  writer.localGet(0);
  writer.localGet(1);
  writer.localGet(2);
}

export function memoryFill(layout: Layout): number {
  return layout.helper('memory.fill', THREE_OPERANDS, (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.memoryFill, 2);
    if (layout.form === 'guarded') checkRange(writer, layout, 0, 2);
    noteStore(writer, layout, 0);
    pushOperands(writer);
    writer.op1(Opcode.MemoryFill, 0);
    writer.u8(Opcode.End);
  });
}

export function memoryCopy(layout: Layout): number {
  return layout.helper('memory.copy', THREE_OPERANDS, (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.memoryCopy, 2);
    if (layout.form === 'guarded') {
      checkRange(writer, layout, 0, 2);
      checkRange(writer, layout, 1, 2);
    }
    noteStore(writer, layout, 0);
    pushOperands(writer);
    writer.op1(Opcode.MemoryCopy, 0);
    writer.u8(0);
    writer.u8(Opcode.End);
  });
}

/** Traps unless the source range lies in what is left of a segment: all of it, or nothing once it was dropped. */
function checkSegment(writer: CodeWriter, layout: Layout, state: number, reason: Trapping): void {
  writer.localGet(1);
  writer.op(Opcode.I64ExtendI32U);
  writer.localGet(2);
  writer.op(Opcode.I64ExtendI32U);
  writer.op(Opcode.I64Add);
  writer.globalGet(state);
  writer.i32Const(0);
  writer.globalGet(state);
  writer.i32Const(DROPPED);
  writer.op(Opcode.I32Ne);
  writer.op(Opcode.Select);
  writer.op(Opcode.I64ExtendI32U);
  writer.op(Opcode.I64GtU);
  trapForIf(writer, layout, reason);
}

export function memoryInit(layout: Layout, segment: number): number {
  return layout.helper(`memory.init ${segment}`, THREE_OPERANDS, (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.memoryInit, 2);
    checkSegment(writer, layout, layout.segmentState('data', segment), Trapping.MemoryAccess);
    noteStore(writer, layout, 0);
    pushOperands(writer);
    writer.op1(Opcode.MemoryInit, segment);
    writer.u8(0);
    writer.u8(Opcode.End);
  });
}

export function tableInit(layout: Layout, segment: number, table: number): number {
  return layout.helper(`table.init ${segment} ${table}`, THREE_OPERANDS, (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.tableInit, 2);
    checkSegment(writer, layout, layout.segmentState('element', segment), Trapping.TableAccess);
    noteTrapping(writer, layout, Trapping.TableAccess);
    pushOperands(writer);
    writer.op1(Opcode.TableInit, segment);
    writer.u32(table);
    noteTrapping(writer, layout, Trapping.No);
    writer.u8(Opcode.End);
  });
}

export function tableCopy(layout: Layout, destination: number, source: number): number {
  return layout.helper(`table.copy ${destination} ${source}`, THREE_OPERANDS, (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.tableCopy, 2);
    noteTrapping(writer, layout, Trapping.TableAccess);
    pushOperands(writer);
    writer.op1(Opcode.TableCopy, destination);
    writer.u32(source);
    noteTrapping(writer, layout, Trapping.No);
    writer.u8(Opcode.End);
  });
}

export function tableFill(layout: Layout, table: number): number {
  const reference = layout.metered.module.tables[table].type;
  return layout.helper(`table.fill ${table}`, typeOf([I32, reference, I32], []), (writer) => {
    writer.u32(0);
    charge(writer, layout, layout.metered.schedule.rates.tableFill, 2);
    noteTrapping(writer, layout, Trapping.TableAccess);
    pushOperands(writer);
    writer.op1(Opcode.TableFill, table);
    noteTrapping(writer, layout, Trapping.No);
    writer.u8(Opcode.End);
  });
}
