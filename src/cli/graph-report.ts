/** The call graph of a module for a person at a terminal. */
import type { WayIn } from '../engine/describe/call-graph.js';
import { CliError } from './cli-error.js';
import type { Colours } from './console.js';
import { columns, counted, grouped, printable, shortened } from './layout.js';
import {
  decidedText,
  dependsOnData,
  type LoopOfFunction,
  loopCounts,
  loopsOf,
  type ModuleFunction,
  type ModuleGraph,
  sourceText,
} from './module-graph.js';

const NAME_LENGTH_MAX = 60;
const LOOPS_MAX = 10;
const NAMES_MAX = 10;

/** @param all lists all loops and names, not only the first ones */
export function graphLines(graph: ModuleGraph, colours: Colours, all: boolean): string[] {
  return [...wayLines(graph, colours), ...deadLines(graph, colours, all), ...loopLines(graph, colours, all)];
}

function header(texts: readonly string[], colours: Colours) {
  return texts.map((text) => ({ text, style: colours.dim }));
}

function titleOf({ title }: Pick<ModuleFunction, 'title'>): string {
  return shortened(printable(title), NAME_LENGTH_MAX);
}

function wayLines({ waysIn }: ModuleGraph, colours: Colours): string[] {
  if (waysIn.length === 0) return [];
  const rows = waysIn.map(({ name, use, reaches }) => [
    shortened(printable(name), NAME_LENGTH_MAX),
    use,
    reaches === undefined ? 'many' : grouped(reaches.functions),
    reaches === undefined ? 'many' : grouped(reaches.bodyBytes),
  ]);
  const titles = header(['from', 'used by', 'functions', 'bytes'], colours);
  return ['', colours.bold('reaches'), ...columns([titles, ...rows], [2, 3]).map((line) => `  ${line}`)];
}

function deadLines(graph: ModuleGraph, colours: Colours, all: boolean): string[] {
  const { deadExports, onlyByDead, functions } = graph;
  const lines: string[] = [];
  if (deadExports.length > 0) {
    const only = onlyByDead.functions === 0 ? '' : `, alone reach ${reachedText(onlyByDead)}`;
    lines.push(section('dead exports', `${grouped(deadExports.length)}${only}`, colours));
    lines.push(
      namesLine(
        deadExports.map(({ name }) => printable(name)),
        all,
      ),
    );
  }
  const unreached = functions.filter(({ reached }) => !reached);
  if (unreached.length > 0) {
    const bodyBytes = unreached.reduce((sum, own) => sum + own.bodyBytes, 0);
    lines.push(section('nothing reaches', reachedText({ functions: unreached.length, bodyBytes }), colours));
    lines.push(namesLine(unreached.map(titleOf), all));
  }
  const recursive = functions.filter((own) => own.recursive);
  if (recursive.length > 0) {
    lines.push(section('recursive', counted(recursive.length, 'function'), colours));
    lines.push(namesLine(recursive.map(titleOf), all));
  }
  return lines.flatMap((line, i) => (i % 2 === 0 ? ['', line] : [line]));
}

function section(title: string, text: string, colours: Colours): string {
  return `${colours.bold(title)} ${text}`;
}

function reachedText({ functions, bodyBytes }: { readonly functions: number; readonly bodyBytes: number }): string {
  return `${counted(functions, 'function')}, ${counted(bodyBytes, 'byte')}`;
}

function namesLine(names: readonly string[], all: boolean): string {
  const shown = all ? names : names.slice(0, NAMES_MAX);
  const more = names.length - shown.length;
  return `  ${shown.join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}`;
}

function loopLines(graph: ModuleGraph, colours: Colours, all: boolean): string[] {
  const loops = loopsOf(graph);
  if (loops.length === 0) return [];
  const ways = ({ index }: ModuleFunction): string => {
    const names = graph.waysTo(index).map(({ name }) => name);
    return names.length === 1 ? shortened(printable(names[0]), NAME_LENGTH_MAX) : `${grouped(names.length)} ways in`;
  };
  return ['', ...loopTable(graph, loops, colours, { all, ways })];
}

interface LoopTable {
  readonly all: boolean;
  /** The ways in from which a function is reached. */
  readonly ways?: (own: ModuleFunction) => string;
}

function loopTable(
  graph: ModuleGraph,
  loops: readonly LoopOfFunction[],
  colours: Colours,
  { all, ways }: LoopTable,
): string[] {
  const shown = all ? loops : loops.filter(dependsOnData).slice(0, LOOPS_MAX);
  const rows = shown.map(({ function: own, loop }) => [
    String(loop.degree),
    String(loop.nesting + 1),
    grouped(loop.turnCost),
    String(loop.calls),
    decidedText(loop),
    `0x${loop.offset.toString(16)}`,
    ...(ways === undefined ? [] : [ways(own)]),
    titleOf(own),
    printable(sourceText(graph, loop)),
  ]);
  const open = loops.filter(dependsOnData).length;
  const more = !all && shown.length < open ? `; the first ${shown.length} (--all lists all)` : '';
  const from = ways === undefined ? [] : ['reached from'];
  const titles = header(
    ['degree', 'nested', 'a turn', 'calls', 'decided by', 'offset', ...from, 'function', ''],
    colours,
  );
  return [
    section('loops', `${countsText(loops)}${more}`, colours),
    ...(rows.length === 0 ? [] : columns([titles, ...rows], [0, 1, 2, 3, 5]).map((line) => `  ${line}`)),
  ];
}

/** `28: 20 by data, 3 by context, 5 constant`. */
export function countsText(loops: readonly LoopOfFunction[]): string {
  const { endless, data, context, constant } = loopCounts(loops);
  const parts = [
    `${grouped(data)} by data`,
    `${grouped(context)} by context`,
    `${grouped(constant)} constant`,
    ...(endless === 0 ? [] : [`${grouped(endless)} endless`]),
  ];
  return `${grouped(loops.length)}: ${parts.join(', ')}`;
}

/** The loops that an export reaches. */
export function exportLines(
  graph: ModuleGraph,
  { name, reaches }: WayIn,
  loops: readonly LoopOfFunction[],
  colours: Colours,
  all: boolean,
): string[] {
  const reached = reaches === undefined ? '' : ` reaches ${reachedText(reaches)}`;
  return [`${colours.bold(printable(name))}${reached}`, '', ...loopTable(graph, loops, colours, { all })];
}

/** @throws CliError for an export that does not exist */
export function exportNamed({ waysIn }: ModuleGraph, named: string): WayIn {
  const found = waysIn.find(({ kind, name }) => kind === 'export' && name === named);
  if (found !== undefined) return found;
  const names = waysIn.filter(({ kind }) => kind === 'export').map(({ name }) => printable(name));
  throw new CliError(
    `the module does not export a function '${printable(named)}'`,
    names.length === 0
      ? 'it exports no function'
      : `it exports ${names.slice(0, NAMES_MAX).join(', ')}${names.length > NAMES_MAX ? ', ...' : ''}`,
  );
}

/** The callers and callees of a function. @throws CliError for a function that does not exist */
export function callsLines(graph: ModuleGraph, named: string, colours: Colours): string[] {
  const own = functionNamed(graph, named);
  const byIndex = new Map(graph.functions.map((one) => [one.index, one]));
  const rowOf = (index: number, places: number) => {
    const other = byIndex.get(index);
    const name = other === undefined ? printable(graph.imports[index]) : titleOf(other);
    return [grouped(places), other === undefined ? 'host' : grouped(other.staticCost), String(index), name];
  };
  const callers = graph.functions.flatMap(({ index, calls }) => {
    const call = calls.find((one) => one.index === own.index);
    return call === undefined ? [] : [rowOf(index, call.places)];
  });
  const callees = own.calls.map(({ index, places }) => rowOf(index, places));
  const titles = header(['places', 'static cost', 'index', 'function'], colours);
  const table = (title: string, rows: readonly (readonly string[])[]) => [
    '',
    section(title, grouped(rows.length), colours),
    ...(rows.length === 0 ? [] : columns([titles, ...rows], [0, 1, 2]).map((line) => `  ${line}`)),
  ];
  const byTable = own.tableCalls.map(
    ({ type, places, candidates }) =>
      `  ${counted(places, 'call')} by table of type ${type}, ${counted(candidates, 'function')} to choose from`,
  );
  return [
    `${colours.bold(printable(own.title))} ${own.type}`,
    `function ${own.index}, ${counted(own.bodyBytes, 'byte')}, static cost ${grouped(own.staticCost)}${own.recursive ? ', recursive' : ''}${own.inTable ? ', in a table' : ''}`,
    ...table('called by', callers),
    ...table('calls', callees),
    ...byTable,
  ];
}

export function functionNamed({ functions, waysIn }: ModuleGraph, named: string): ModuleFunction {
  const exported = waysIn.find(({ kind, name }) => kind === 'export' && name === named)?.index;
  const found = functions.find(
    ({ index, name, title }) => index === exported || String(index) === named || name === named || title === named,
  );
  if (found !== undefined) return found;
  throw new CliError(
    `the module does not define a function '${printable(named)}'`,
    'assay inspect --all lists every function',
  );
}
