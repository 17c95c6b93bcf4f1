/** Where in a module's bytes fuel was paid, from where in the register code: `ProfilingInterpreter.heat` by metering block. */
import { CodeBuffer } from './code-buffer.js';
import { FunctionCompiler } from './compile.js';
import type { ProfilingInterpreter } from './profiling-interpreter.js';
import type { InterpreterProgram } from './program.js';

/** Fuel of one metering block, or of the charges by data of one instruction. */
export interface Heat {
  readonly definedIndex: number;
  /** Offset in the module of the block's first instruction, or of the instruction. */
  readonly offset: number;
  /** Static charge of the block; undefined for charges by data. */
  readonly cost: number | undefined;
  readonly fuel: number;
}

/** A metering block and where it begins in a function's code, from the head on. */
interface BlockPlace {
  readonly position: number;
  readonly offset: number;
  readonly cost: number;
}

/** Of a function's code, whichever program it is in. */
interface CodePlaces {
  /** Ascending. At one position of several blocks the first that costs something. */
  readonly blocks: readonly BlockPlace[];
  /** Where instructions begin, ascending, and the offset of the last one that begins there. */
  readonly starts: readonly { readonly position: number; offset: number }[];
}

/** Of the functions of one module, by index among its own: kept from one profile to the next. */
export type KnownPlaces = Map<number, CodePlaces>;

/**
 * By function and offset, ascending. Each function that ran is compiled once more, to learn its positions, unless they are known.
 * Invariant: what is taken is zero afterwards.
 * @param heads of the functions that ran, and perhaps of others
 */
export function takeHeat(
  program: InterpreterProgram,
  { heat, noted }: Pick<ProfilingInterpreter, 'heat' | 'noted'>,
  heads: Iterable<number>,
  known: KnownPlaces,
): readonly Heat[] {
  const byFunction = new Map<number, Heat[]>();
  for (const head of heads) {
    const { definedIndex, start } = program.functionAt(head);
    const found: Heat[] = [];
    for (const { position, offset, cost } of placesOf(program, definedIndex, known).blocks) {
      const fuel = heat[start + position];
      if (fuel === 0) continue;
      heat[start + position] = 0;
      found.push({ definedIndex, offset, cost, fuel });
    }
    byFunction.set(definedIndex, found);
  }
  for (const at of noted) {
    const fuel = heat[at];
    if (fuel === 0) continue;
    heat[at] = 0;
    const { definedIndex, start } = program.functionAt(at);
    const offset = offsetAt(placesOf(program, definedIndex, known), at - start);
    byFunction.get(definedIndex)!.push({ definedIndex, offset, cost: undefined, fuel });
  }
  const rows = [...byFunction].sort(([a], [b]) => a - b);
  return rows.flatMap(([, found]) => found.sort((a, b) => a.offset - b.offset));
}

/** Of the instruction whose code a position is in. */
function offsetAt({ starts }: CodePlaces, position: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle].position <= position) low = middle;
    else high = middle - 1;
  }
  return starts[low].offset;
}

function placesOf(program: InterpreterProgram, definedIndex: number, known: KnownPlaces): CodePlaces {
  const found = known.get(definedIndex);
  if (found !== undefined) return found;
  const costs = blocksOf(program, definedIndex);
  const blocks: BlockPlace[] = [];
  const starts: { position: number; offset: number }[] = [];
  const compiler = new FunctionCompiler(program.metered, new CodeBuffer(), () => 0);
  compiler.compile(definedIndex, (position, offset) => {
    const last = starts.at(-1);
    if (last?.position === position) last.offset = offset;
    else starts.push({ position, offset });
    const cost = costs.get(offset);
    if (cost === undefined) return;
    const block = { position, offset, cost };
    const before = blocks.at(-1);
    if (before?.position !== position) blocks.push(block);
    else if (before.cost === 0 && cost > 0) blocks[blocks.length - 1] = block;
  });
  const places = { blocks, starts };
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
