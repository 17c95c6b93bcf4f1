/** A profile for a person: its parts, then functions as bars, most expensive first. */
import { type DiffRow, diffProfiles } from '../profile/diff-profiles.js';
import { type FunctionRow, functionTable } from '../profile/function-table.js';
import type { Profile } from '../profile/profile.js';
import type { Colours } from './console.js';
import { type Cell, columns, counted, grouped, printable, shortened } from './layout.js';

const BAR_WIDTH = 20;
const NAME_LENGTH_MAX = 80;
/** Eighths of a block. */
const PARTIAL = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** @param top number of functions to list */
export function profileLines(profile: Profile, colours: Colours, top: number): string[] {
  const { fuel, runs, stackWords, pages } = profile;
  const { used, parts } = fuel;
  const rows = functionTable(profile).filter(({ total }) => total > 0);
  const bySelf = [...rows].sort((a, b) => b.self - a.self || b.total - a.total || compareNames(a, b));
  const shown = bySelf.slice(0, top);
  const rest = bySelf.slice(top).reduce((sum, { self }) => sum + self, 0);
  const table: (readonly Cell[])[] = [
    ['self', '', '', 'total', 'calls', 'function'].map((text) => ({ text, style: colours.dim })),
    ...shown.map((row) => functionCells(row, used, colours)),
  ];
  if (bySelf.length > top) {
    const text = counted(bySelf.length - top, 'other function');
    table.push([grouped(rest), percent(rest, used), bar(rest, used, colours), '', '', { text, style: colours.dim }]);
  }
  const head = columns([
    [{ text: 'fuel', style: colours.dim }, `${grouped(used)}${runs === 1 ? '' : ` in ${counted(runs, 'call')}`}`],
    ...Object.entries(parts)
      .filter(([, units]) => units > 0)
      .map(([part, units]) => [
        { text: `  ${part}`, style: colours.dim },
        `${grouped(units)} (${percent(units, used).trim()})`,
      ]),
    [{ text: 'stack', style: colours.dim }, counted(stackWords, 'word')],
    [{ text: 'pages', style: colours.dim }, grouped(pages)],
    [
      { text: runs === 1 ? 'receipt' : 'receipts', style: colours.dim },
      `${profile.receipts[0] ?? ''}${runs > 1 ? ` and ${grouped(runs - 1)} more` : ''}`,
    ],
  ]);
  return [...head, '', ...columns(table, [0, 1, 3, 4]), ...lineLines(profile, colours, top)];
}

/** The most expensive source lines, if the module has source positions. */
function lineLines({ lines, fuel }: Profile, colours: Colours, top: number): string[] {
  const bySource = new Map<string, number>();
  for (const { file, line, fuel: units } of lines) {
    const place = file === '' ? '(no source)' : `${file}:${line === 0 ? '?' : line}`;
    bySource.set(place, (bySource.get(place) ?? 0) + units);
  }
  if (bySource.size === 0) return [];
  const rows = [...bySource].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, top);
  const cells = rows.map(([place, units]) => [
    grouped(units),
    percent(units, fuel.used),
    bar(units, fuel.used, colours),
    printable(place),
  ]);
  return ['', ...columns([['self', '', '', 'line'].map((text) => ({ text, style: colours.dim })), ...cells], [0, 1])];
}

function compareNames(a: FunctionRow, b: FunctionRow): number {
  return a.frame.name < b.frame.name ? -1 : 1;
}

function functionCells({ frame, self, total, calls }: FunctionRow, used: number, colours: Colours): readonly Cell[] {
  const name = shortened(printable(frame.name), NAME_LENGTH_MAX);
  const label = frame.kind === 'host' ? `${name} (host)` : name;
  return [
    grouped(self),
    percent(self, used),
    bar(self, used, colours),
    grouped(total),
    grouped(calls),
    frame.kind === 'guest' ? label : { text: label, style: colours.cyan },
  ];
}

/** Tenths, rounded down, so that the parts shown never sum to more than the whole. */
function percent(part: number, whole: number): string {
  const tenths = whole === 0 ? 0 : Math.floor((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}

function bar(part: number, whole: number, colours: Colours): Cell {
  const eighths = whole === 0 ? 0 : Math.round((part * BAR_WIDTH * 8) / whole);
  const text = ('█'.repeat(Math.floor(eighths / 8)) + PARTIAL[eighths % 8]).padEnd(BAR_WIDTH);
  return { text, style: colours.green };
}

/** The changes from one profile to another, largest first. */
export function diffLines(before: Profile, after: Profile, colours: Colours, top: number): string[] {
  const { used, rows } = diffProfiles(before, after);
  const moved = rows.filter(({ self }) => self[0] !== self[1]);
  const head = `fuel ${grouped(used[0])} -> ${grouped(used[1])} (${changeText(used)})`;
  if (moved.length === 0) return [head, colours.dim('no function uses more or less fuel')];
  const cells: (readonly Cell[])[] = moved.slice(0, top).map((row) => diffCells(row, colours));
  const table = columns(
    [['change', 'before', 'after', 'calls', 'function'].map((text) => ({ text, style: colours.dim })), ...cells],
    [0, 1, 2, 3],
  );
  const note = shareNoFunction(before, after)
    ? [colours.dim('no function of one is in the other: are they of the same module?')]
    : [];
  const more = moved.length > top ? [colours.dim(`… ${counted(moved.length - top, 'other function')}`)] : [];
  return [head, ...note, '', ...table, ...more];
}

function shareNoFunction(before: Profile, after: Profile): boolean {
  const guests = (profile: Profile) => functionTable(profile).filter(({ frame }) => frame.kind === 'guest');
  const names = new Set(guests(before).map(({ frame }) => frame.name));
  return before.module !== after.module && !guests(after).some(({ frame }) => names.has(frame.name));
}

function diffCells({ name, self, calls }: DiffRow, colours: Colours): readonly Cell[] {
  const change = self[1] - self[0];
  return [
    { text: signed(change), style: change > 0 ? colours.red : colours.green },
    grouped(self[0]),
    grouped(self[1]),
    calls[0] === calls[1] ? grouped(calls[1]) : `${grouped(calls[0])} -> ${grouped(calls[1])}`,
    shortened(printable(name), NAME_LENGTH_MAX),
  ];
}

function signed(change: number): string {
  return change > 0 ? `+${grouped(change)}` : change < 0 ? `-${grouped(-change)}` : '0';
}

function changeText([before, after]: readonly [number, number]): string {
  const change = after - before;
  const sign = change < 0 ? '-' : '+';
  return `${signed(change)}${before === 0 ? '' : `, ${sign}${percent(Math.abs(change), before)}`}`;
}
