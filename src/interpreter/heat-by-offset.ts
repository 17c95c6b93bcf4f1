/** Where in a module's bytes fuel was paid, from where in the register code: `ProfilingInterpreter.heat` by metering block. */
import { CodeBuffer } from './code-buffer.js';
import { FunctionCompiler } from './compile.js';
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

/** What is known of a function's code, whichever program it is in. */
interface CodePlaces {
  /** Static charges of its metering blocks by their offsets. */
  readonly blocks: ReadonlyMap<number, number>;
  /** Where instructions begin in the code, from the function's head on, and in the module. */
  readonly starts: readonly { readonly position: number; readonly offset: number }[];
}

/** Of the functions of one module, by index among its own: kept from one profile to the next. */
export type KnownPlaces = Map<number, CodePlaces>;

/** By function and offset, ascending. Each function that ran is compiled once more, to learn its positions, unless they are known. */
export function heatByOffset(program: InterpreterProgram, heat: Float64Array, known: KnownPlaces): readonly Heat[] {
  const found: Heat[] = [];
  const compiled = [...program.entries.keys()].filter((definedIndex) => program.entries[definedIndex] > 0);
  const byPosition = compiled.sort((a, b) => program.entries[a] - program.entries[b]);
  byPosition.forEach((definedIndex, i) => {
    const next = byPosition[i + 1];
    const end = next === undefined ? program.code.length : program.entries[next];
    found.push(...heatOfFunction(program, definedIndex, heat.subarray(program.entries[definedIndex], end), known));
  });
  return found.sort((a, b) => a.definedIndex - b.definedIndex || a.offset - b.offset);
}

function placesOf(program: InterpreterProgram, definedIndex: number, known: KnownPlaces): CodePlaces {
  const found = known.get(definedIndex);
  if (found !== undefined) return found;
  const starts: { readonly position: number; readonly offset: number }[] = [];
  const compiler = new FunctionCompiler(program.metered, new CodeBuffer(), () => 0);
  compiler.compile(definedIndex, (position, offset) => starts.push({ position, offset }));
  const places = { blocks: blocksOf(program, definedIndex), starts };
  known.set(definedIndex, places);
  return places;
}

function heatOfFunction(
  program: InterpreterProgram,
  definedIndex: number,
  heat: Float64Array,
  known: KnownPlaces,
): readonly Heat[] {
  if (heat.every((fuel) => fuel === 0)) return [];
  const { blocks, starts } = placesOf(program, definedIndex, known);
  const found: Heat[] = [];
  let next = 0;
  for (let position = 0; position < heat.length; position++) {
    const first = next;
    while (next < starts.length && starts[next].position === position) next++;
    const fuel = heat[position];
    if (fuel === 0) continue;
    const here = starts.slice(first, next).filter(({ offset }) => blocks.has(offset));
    const start = here.find(({ offset }) => blocks.get(offset)! > 0) ?? here[0];
    if (start === undefined) found.push({ definedIndex, offset: starts[next - 1].offset, cost: undefined, fuel });
    else found.push({ definedIndex, offset: start.offset, cost: blocks.get(start.offset)!, fuel });
  }
  return found;
}

/** Static charges of a function's metering blocks by their offsets. */
function blocksOf({ metered }: InterpreterProgram, definedIndex: number): ReadonlyMap<number, number> {
  const meter = metered.bodyMeter();
  meter.meterBody(definedIndex);
  const { offsets, costs, count } = meter.blocks;
  return new Map(Array.from({ length: count }, (_, i) => [offsets[i], costs[i]] as const));
}
