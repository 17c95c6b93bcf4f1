/** Loads and stores, and operations on whole memories and tables. */
import { load, store, whole } from './forms.js';
import type { OpRow } from './row.js';

const NARROW = (read: string): string => `d.i32 = ${read};`;
const WIDENED = (read: string, high: string): string => `low = ${read}; d.low = low; d.high = ${high};`;

const STORE_32 = 'view.setInt32(at, V, true);';
const STORE_64 = 'view.setInt32(at, b.low, true); view.setInt32((at + 4) | 0, b.high, true);';
const LOAD_FORMS = ['', 'Indexed', 'Sum', 'Abs'] as const;

export const ACCESS_ROWS: readonly OpRow[] = [
  ...load('I32Load', { bytes: 4, body: NARROW('view.getInt32(at, true)'), forms: LOAD_FORMS }),
  ...load('I32Load8S', { bytes: 1, body: NARROW('(memory8[at] << 24) >> 24') }),
  ...load('I32Load8U', { bytes: 1, signed: false, body: NARROW('memory8[at]'), forms: LOAD_FORMS }),
  ...load('I32Load16S', { bytes: 2, body: NARROW('view.getInt16(at, true)') }),
  ...load('I32Load16U', { bytes: 2, signed: false, body: NARROW('view.getUint16(at, true)') }),
  ...load('I64Load', {
    bytes: 8,
    wide: true,
    body: 'd.low = view.getInt32(at, true); d.high = view.getInt32((at + 4) | 0, true);',
    forms: LOAD_FORMS,
  }),
  ...load('I64Load8S', { bytes: 1, wide: true, body: WIDENED('(memory8[at] << 24) >> 24', 'low >> 31') }),
  ...load('I64Load8U', { bytes: 1, wide: true, signed: false, body: WIDENED('memory8[at]', '0') }),
  ...load('I64Load16S', { bytes: 2, wide: true, body: WIDENED('view.getInt16(at, true)', 'low >> 31') }),
  ...load('I64Load16U', { bytes: 2, wide: true, signed: false, body: WIDENED('view.getUint16(at, true)', '0') }),
  ...load('I64Load32S', { bytes: 4, wide: true, body: WIDENED('view.getInt32(at, true)', 'low >> 31') }),
  ...load('I64Load32U', { bytes: 4, wide: true, signed: false, body: WIDENED('view.getInt32(at, true)', '0') }),
  ...store('I32Store', { bytes: 4, body: STORE_32, forms: ['', 'Imm', 'Sum', 'Abs'] }),
  ...store('I32Store8', { bytes: 1, body: 'memory8[at] = V;', forms: ['', 'Imm', 'Sum', 'ImmSum'] }),
  ...store('I32Store16', { bytes: 2, body: 'view.setInt16(at, V, true);' }),
  ...store('I64Store', { bytes: 8, wide: true, body: STORE_64, forms: ['', 'Sum', 'Abs'] }),
  /** An access whose offset does not fit the loop: its operation, then that operation's words. */
  { name: 'MemoryAccessFar', operands: 'opcode x y offset', outer: 'far', next: 'next' },
];

const RANGE = 'a.i32 >>> 0, b.i32 >>> 0, c.i32 >>> 0';
const stopsIf = (call: string): string => `status = ${call}; if (status !== Status.Returned) return -status;`;

/**
 * Each is a whole instruction; its immediates are its last words. Those with three operands take `to from count`, or
 * `to value count`.
 */
export const STORE_ROWS: readonly OpRow[] = [
  whole('memory.size', 'MemorySize', 'd', 'd.i32 = instance.memory!.pages;'),
  whole('memory.grow', 'MemoryGrow', 'd a', stopsIf('Bulk.memoryGrow(instance, slots, d.at, a.i32 >>> 0)'), 'charging'),
  whole('memory.copy', 'MemoryCopy', 'a b c', stopsIf(`Bulk.memoryCopy(instance, ${RANGE})`), 'charging'),
  whole('memory.fill', 'MemoryFill', 'a b c', stopsIf(`Bulk.memoryFill(instance, ${RANGE})`), 'charging'),
  whole(
    'memory.init',
    'MemoryInit',
    'a b c segment',
    stopsIf(`Bulk.memoryInit(instance, ${RANGE}, segment.word)`),
    'charging',
  ),
  whole('data.drop', 'DataDrop', 'segment', 'instance.dropData(segment.word);'),
  whole(
    'table.get',
    'TableGet',
    'd a table',
    `const table = instance.tables[table.word]; const element = a.i32 >>> 0;
    if (element >= table.length) trap('OutOfBoundsTable');
    d.i32 = table.elements[element];`,
  ),
  whole(
    'table.set',
    'TableSet',
    'a b table',
    `const table = instance.tables[table.word]; const element = a.i32 >>> 0;
    if (element >= table.length) trap('OutOfBoundsTable');
    table.elements[element] = b.i32;`,
  ),
  whole('table.size', 'TableSize', 'd table', 'd.i32 = instance.tables[table.word].length;'),
  whole(
    'table.grow',
    'TableGrow',
    'd a b table',
    stopsIf('Bulk.tableGrow(instance, table.word, slots, d.at, a.i32, b.i32 >>> 0)'),
    'charging',
  ),
  whole(
    'table.fill',
    'TableFill',
    'a b c table',
    stopsIf(`Bulk.tableFill(instance, ${RANGE}, table.word)`),
    'charging',
  ),
  whole(
    'table.copy',
    'TableCopy',
    'a b c table source',
    stopsIf(`Bulk.tableCopy(instance, ${RANGE}, table.word, source.word)`),
    'charging',
  ),
  whole(
    'table.init',
    'TableInit',
    'a b c segment table',
    stopsIf(`Bulk.tableInit(instance, ${RANGE}, segment.word, table.word)`),
    'charging',
  ),
  whole('elem.drop', 'ElemDrop', 'segment', 'instance.dropElements(segment.word);'),
  whole('ref.func', 'RefFunc', 'd functionIndex', 'd.i32 = instance.functionAt(functionIndex.word).handle;'),
];
