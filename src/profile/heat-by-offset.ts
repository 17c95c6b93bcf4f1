/** Where in a module's bytes fuel was paid, from where in the register code: `ProfilingInterpreter.heat` by metering block. */
import { CodeBuffer } from '../interpreter/compile/code-buffer.js';
import { FunctionCompiler } from '../interpreter/compile/function-compiler.js';
import type { InterpreterProgram } from '../interpreter/program.js';
import type { ProfilingInterpreter } from './profiling-interpreter.js';

/** Of a function's code, whichever program it is in: positions are from its head on and ascending, offsets in the module. */
interface CodePlaces {
  /** Where metering blocks begin. At one position of several the first that costs something. */
  readonly blocks: Int32Array;
  /** Of each the offset and the static charge. */
  readonly charges: Float64Array;
  /** Where instructions begin, and the offset of the last one that begins there. */
  readonly starts: { readonly positions: Int32Array; readonly offsets: Int32Array };
}

/** More than a module has functions. */
const PLACES = 2 ** 24;

/** Of the functions of one module, by index among its own: kept from one profile to the next. */
export type KnownPlaces = Map<number, CodePlaces>;

/**
 * By function and offset, ascending. Each function that ran is compiled once more, to learn its positions, unless they are known.
 * @param rowOf makes a row: `cost` is the static charge of the metering block, undefined for charges by data
 */
export function heatByOffset<Row extends { readonly offset: number }>(
  program: InterpreterProgram,
  { heat, touched }: ProfilingInterpreter,
  known: KnownPlaces,
  rowOf: (definedIndex: number, offset: number, cost: number | undefined, fuel: number) => Row,
): readonly Row[] {
  const paid = touched.subarray(1, 1 + touched[0]).sort();
  const rows: Row[] = [];
  for (const { definedIndex, start, first, last } of functionsOf(program, paid)) {
    const places = placesOf(program, definedIndex, known);
    const { blocks, charges } = places;
    const before = rows.length;
    let next = 0;
    let offsetBefore = 0;
    let isOrdered = true;
    for (let i = first; i < last; i++) {
      const fuel = heat[paid[i]];
      // What a charge lacked has been taken back.
      if (fuel === 0) continue;
      const at = paid[i] - start;
      while (next < blocks.length && blocks[next] < at) next++;
      const isBlock = blocks[next] === at;
      const offset = isBlock ? charges[2 * next] : offsetAt(places, at);
      if (offset < offsetBefore) isOrdered = false;
      offsetBefore = offset;
      rows.push(rowOf(definedIndex, offset, isBlock ? charges[2 * next + 1] : undefined, fuel));
    }
    if (!isOrdered) rows.push(...rows.splice(before).sort((a, b) => a.offset - b.offset));
  }
  return rows;
}

/** Which of the ascending positions are in which function, by the function. */
function functionsOf(
  program: InterpreterProgram,
  paid: Int32Array,
): readonly { readonly definedIndex: number; readonly start: number; readonly first: number; readonly last: number }[] {
  const found: { definedIndex: number; start: number; first: number; last: number }[] = [];
  const order: number[] = [];
  let last = 0;
  while (last < paid.length) {
    const first = last;
    const { definedIndex, start, end } = program.functionAt(paid[first]);
    while (last < paid.length && paid[last] < end) last++;
    // Numbers are sorted faster than by a function: the function's index, then its place here.
    order.push(definedIndex * PLACES + found.length);
    found.push({ definedIndex, start, first, last });
  }
  return Array.from(Float64Array.from(order).sort(), (key) => found[key % PLACES]);
}

/** Of the instruction whose code a position is in. */
function offsetAt({ starts: { positions, offsets } }: CodePlaces, position: number): number {
  let low = 0;
  let high = positions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (positions[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return offsets[low];
}

function placesOf(program: InterpreterProgram, definedIndex: number, known: KnownPlaces): CodePlaces {
  const found = known.get(definedIndex);
  if (found !== undefined) return found;
  const costs = blocksOf(program, definedIndex);
  const blocks: number[] = [];
  const charges: number[] = [];
  const positions: number[] = [];
  const offsets: number[] = [];
  const compiler = new FunctionCompiler(program.metered, new CodeBuffer(), () => 0);
  compiler.compile(definedIndex, (position, offset) => {
    if (positions.at(-1) === position) offsets.pop();
    else positions.push(position);
    offsets.push(offset);
    const cost = costs.get(offset);
    if (cost === undefined) return;
    if (blocks.at(-1) === position) {
      if (charges.at(-1)! > 0 || cost === 0) return;
      blocks.length -= 1;
      charges.length -= 2;
    }
    blocks.push(position);
    charges.push(offset, cost);
  });
  const starts = { positions: Int32Array.from(positions), offsets: Int32Array.from(offsets) };
  const places: CodePlaces = { blocks: Int32Array.from(blocks), charges: Float64Array.from(charges), starts };
  known.set(definedIndex, places);
  return places;
}

/** Static charges of a function's metering blocks by their offsets. */
function blocksOf({ metered }: InterpreterProgram, definedIndex: number): ReadonlyMap<number, number> {
  const meter = metered.bodyMeter();
  meter.meterBody(definedIndex);
  const { offsets, costs, count } = meter.blocks;
  return new Map(Array.from({ length: count }, (_, i) => [offsets[i], costs[i]] as const));
}
