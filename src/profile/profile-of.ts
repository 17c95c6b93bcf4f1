/**
 * Takes the profile of a call. The call is made again in the interpreter with the recorded results of its host
 * functions, whichever tier ran it; the receipt of that run must equal the original.
 */
import { toHex } from '../base/hash.js';
import { own } from '../base/own.js';
import { sameBytes } from '../base/same-bytes.js';
import { KeptSeats } from '../engine/call/kept-seats.js';
import type { CallResult } from '../engine/loaded-module.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { receiptHash } from '../engine/receipt/receipt-json.js';
import type { InterpreterProgram } from '../interpreter/program.js';
import { importName } from '../machine/import-name.js';
import type { Module } from '../wasm/module.js';
import { frameKey, orderedTree, type TreeNode } from './build-tree.js';
import { HEAD_OF_FIRST_HOST, HEAD_OF_INSTANTIATION, HEAD_OF_OTHER, OTHER, ROOT } from './call-tree.js';
import { frameNames, type NameOf } from './frame-names.js';
import { fuelByLine, type Heat } from './fuel-by-line.js';
import { heatByOffset, type KnownPlaces } from './heat-by-offset.js';
import { PROFILE_FORMAT, type Profile, type ProfileBlock, type ProfileFrame } from './profile.js';
import { ProfilingInterpreter } from './profiling-interpreter.js';
import { type SourceLines, type SourcePlace, sourceLinesOf } from './source-lines.js';

/** What has a profile: the result of `call`, `callBytes`, `validate`, or a call of a zome host. */
export type Profiled = Pick<CallResult, 'receipt' | 'diagnostics'>;

export interface ProfileOptions {
  /** Whether to include `blocks`, and `lines` if the module has them; they take longer than the rest. Default true. */
  readonly blocks?: boolean;
  /** JSON of the module's source map, if it is not in the module. Without one, lines are taken from DWARF. */
  readonly sourceMap?: string;
}

interface KeyedFrame {
  readonly frame: ProfileFrame;
  /** `frameKey` of it. */
  readonly key: string;
}

/** Facts that are read once for each module. */
interface ReadModule {
  readonly nameOf: NameOf;
  readonly lines: SourceLines | undefined;
  readonly sourceMap: string | undefined;
  /** By index among the module's own functions. */
  readonly frames: Map<number, KeyedFrame>;
  readonly places: KnownPlaces;
}

/**
 * Takes profiles of calls. It keeps the names and source lines of their modules, and an instance of each to run calls
 * in.
 */
export class Profiler {
  readonly #read = new WeakMap<Module, ReadModule>();
  readonly #seats = new KeptSeats();

  /**
   * The profile of a call, which takes about as long as the call takes in the interpreter.
   * @throws HostFailure if the call cannot be made again, because its host functions did more than the engine keeps
   * (`hostAnswerBytes`)
   * @throws UsageError if the payload of the call has changed since
   */
  profileOf({ receipt, diagnostics }: Profiled, options: ProfileOptions = {}): Profile {
    let machine: ProfilingInterpreter | undefined;
    let program: InterpreterProgram | undefined;
    const again = diagnostics.runAgain({
      prepare: (store, reference) => {
        // A seat that was kept has the machine of the previous run.
        machine = (store.tierState as ProfilingInterpreter | undefined) ?? new ProfilingInterpreter(store);
        machine.forget();
        store.tierState = machine;
        program = reference as InterpreterProgram;
      },
      seats: this.#seats,
    });
    if (!sameBytes(encodeReceipt(again), encodeReceipt(receipt)))
      throw new Error('the run of the profile has another receipt than the call');
    const read = this.#readOf(program!.metered.module, own(options, 'sourceMap'));
    return assemble(receipt, machine!, program!, read, own(options, 'blocks') ?? true);
  }

  #readOf(module: Module, sourceMap: string | undefined): ReadModule {
    let known = this.#read.get(module);
    if (known === undefined || known.sourceMap !== sourceMap) {
      known = {
        nameOf: frameNames(module),
        lines: sourceLinesOf(module, sourceMap),
        sourceMap,
        frames: new Map(),
        places: new Map(),
      };
      this.#read.set(module, known);
    }
    return known;
  }
}

/** `Profiler.profileOf`, for one call. */
export function profileOf(result: Profiled, options?: ProfileOptions): Profile {
  return new Profiler().profileOf(result, options);
}

function assemble(
  receipt: Receipt,
  machine: ProfilingInterpreter,
  program: InterpreterProgram,
  read: ReadModule,
  withBlocks: boolean,
): Profile {
  const frameOf = framesOf(machine, program, read);
  const root = treeOf(machine, frameOf, receipt);
  const { frames, nodes, indexOf } = orderedTree(root);
  const { used, parts } = receipt.fuel;
  if (nodes[0]!.total !== used) throw new Error(`the profile sums to ${nodes[0]!.total} of ${used} units`);
  const { module } = program.metered;
  let [lastIndex, lastFrame] = [-1, -1];
  const guest = (definedIndex: number): number => {
    if (definedIndex === lastIndex) return lastFrame;
    const { frame, key } = guestFrame(program, read, definedIndex);
    [lastIndex, lastFrame] = [definedIndex, indexOf(frame, key)];
    return lastFrame;
  };
  const { lines: linesOf, places } = read;
  const heats: Heat[] = [];
  const blocks = !withBlocks
    ? []
    : heatByOffset(program, machine, places, (definedIndex, offset, cost, fuel) => {
        if (linesOf !== undefined) heats.push({ definedIndex, offset, cost, fuel });
        return blockOf(guest(definedIndex), offset, cost, fuel);
      });
  const lines = linesOf === undefined ? [] : fuelByLine(program.metered, heats, linesOf);
  const { stackWords } = machine.store.limits;
  return {
    format: PROFILE_FORMAT,
    module: toHex(receipt.module),
    export: receipt.export,
    runs: 1,
    receipts: [toHex(receiptHash(receipt))],
    fuel: { used, parts },
    stackWords: stackWords - machine.store.gauge.wordsLeftMin,
    pages: module.memories.length === 0 ? 0 : receipt.pages,
    frames,
    nodes,
    blocks,
    lines: lines.map(({ definedIndex, ...line }) => ({ frame: guest(definedIndex), ...line })),
  };
}

function blockOf(frame: number, offset: number, cost: number | undefined, fuel: number): ProfileBlock {
  // If a block could not be paid in full, the rest does not count as an entry.
  return { frame, offset, fuel, entries: cost === undefined || cost === 0 ? 0 : Math.floor(fuel / cost) };
}

/** Frames by the head of their nodes in the call tree; each is made on demand, once per module. */
function framesOf(
  machine: ProfilingInterpreter,
  program: InterpreterProgram,
  read: ReadModule,
): (head: number) => KeyedFrame {
  const special = new Map<number, KeyedFrame>([
    [HEAD_OF_OTHER, keyed({ kind: 'other', name: '(other)' })],
    [HEAD_OF_INSTANTIATION, keyed({ kind: 'instantiate', name: '(instantiate)' })],
  ]);
  machine.hosts.forEach((host, i) => {
    special.set(HEAD_OF_FIRST_HOST - i, keyed({ kind: 'host', name: importName(host) }));
  });
  return (head) => special.get(head) ?? guestFrame(program, read, program.functionAt(head).definedIndex);
}

function keyed(frame: ProfileFrame): KeyedFrame {
  return { frame, key: frameKey(frame) };
}

function guestFrame(
  program: InterpreterProgram,
  { nameOf, lines, frames }: ReadModule,
  definedIndex: number,
): KeyedFrame {
  const known = frames.get(definedIndex);
  if (known !== undefined) return known;
  const index = program.metered.module.importedFunctions + definedIndex;
  const place = lines && firstPlace(lines, program, definedIndex);
  const source = place === undefined || place.line === 0 ? {} : { source: `${place.file}:${place.line}` };
  const found = keyed({ kind: 'guest', name: nameOf(index), index, ...source });
  frames.set(definedIndex, found);
  return found;
}

/** Where a function's code begins: a line table may leave out its local declarations. */
function firstPlace(
  lines: SourceLines,
  { metered }: InterpreterProgram,
  definedIndex: number,
): SourcePlace | undefined {
  const start = lines(metered.module.bodyStarts[definedIndex]!);
  if (start !== undefined && start.line > 0) return start;
  const meter = metered.bodyMeter();
  meter.meterBody(definedIndex);
  const { offsets, count } = meter.blocks;
  for (let block = 0; block < count; block++) {
    const place = lines(offsets[block]!);
    if (place !== undefined && place.line > 0) return place;
  }
  return undefined;
}

/** The call tree with the charges that belong to no instruction: the instantiation, and bytes in and out. */
function treeOf(machine: ProfilingInterpreter, frameOf: (head: number) => KeyedFrame, receipt: Receipt): TreeNode {
  const { tree } = machine;
  const stackWords = machine.store.limits.stackWords;
  const made: (TreeNode | undefined)[] = [];
  for (let at = ROOT; at < tree.count; at++) {
    if (tree.targets[at] !== at || (at === OTHER && tree.calls[at] === 0)) continue;
    const head = tree.heads[at]!;
    const { frame, key } = at === ROOT ? keyed({ kind: 'call', name: receipt.export }) : frameOf(head);
    const node: TreeNode = {
      frame,
      key,
      self: tree.fuels[at]!,
      total: 0,
      calls: at === ROOT ? 1 : tree.calls[at]!,
      recursions: 0,
      stackWords: at === ROOT || at === OTHER ? 0 : stackWords - tree.leasts[at]!,
      pages: tree.pages[at]!,
      children: [],
    };
    made[at] = node;
    if (at !== ROOT) made[tree.parents[at]!]!.children.push(node);
  }
  for (let at = ROOT; at < tree.count; at++) {
    const target = tree.targets[at]!;
    if (target !== at) (made[target] as { recursions: number }).recursions += tree.calls[at]!;
  }
  const root = made[ROOT]!;
  addUnexecuted(root, machine, receipt);
  return root;
}

/** Adds the charges that belong to no instruction: they are made between the calls from outside. */
function addUnexecuted(root: TreeNode, { outermost }: ProfilingInterpreter, { fuel }: Receipt): void {
  const called = outermost.filter(({ instantiates }) => !instantiates);
  const running = outermost.reduce((sum, { leftBefore, leftAfter }) => sum + leftBefore - leftAfter, 0);
  const charged = fuel.used - running - fuel.parts.boundary;
  const instantiation = root.children.find(({ frame }) => frame.kind === 'instantiate');
  if (instantiation !== undefined) (instantiation as { self: number }).self += charged;
  else addLeaf(root, { kind: 'instantiate', name: '(instantiate)' }, charged);
  // In a byte call, the output is paid after the first call that is not the allocator's.
  let out = 0;
  for (let i = 2; i < called.length; i++) out += called[i - 1]!.leftAfter - called[i]!.leftBefore;
  if (called.length === 2) out = called[1]!.leftAfter - (fuel.limit - fuel.used);
  addLeaf(root, { kind: 'boundary', name: '(input)' }, fuel.parts.boundary - out);
  addLeaf(root, { kind: 'boundary', name: '(output)' }, out);
}

function addLeaf(root: TreeNode, frame: ProfileFrame, self: number): void {
  if (self > 0)
    root.children.push({
      ...keyed(frame),
      self,
      total: 0,
      calls: 1,
      recursions: 0,
      stackWords: 0,
      pages: 0,
      children: [],
    });
}
