/** A plot as SVG: shares by the size of the cache, one line for each policy, one panel for each measure. */

export interface Line {
  readonly name: string;
  /** The cache's share of the objects' bytes, and the share that was missed: each 0 to 1. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const PANEL = { width: 300, height: 260 };
const MARGIN = { left: 46, top: 58, right: 14, bottom: 78 };
/** Colours that colour-blind people can distinguish (Okabe and Ito), and dashes when they repeat. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#000000'];
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const fixed = (x: number) => String(Math.round(x * 100) / 100);
const percent = (x: number) => `${fixed(100 * x)} %`;
const escaped = (text: string) => text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

/** @param title one line above all panels */
export function plotOf(title: string, panels: readonly Panel[]): string {
  const step = MARGIN.left + PANEL.width + MARGIN.right;
  const width = step * panels.length;
  const height = MARGIN.top + PANEL.height + MARGIN.bottom;
  const legend = panels[0].lines.map(({ name }, i) => entryOf(name, i, height - 34)).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="13">${escaped(title)}</text>`,
    ...panels.map((panel, i) => panelOf(panel, i * step + MARGIN.left)),
    legend,
    '</svg>',
    '',
  ].join('\n');
}

const LEGEND_STEP = 104;
const LEGEND_ROW = 9;

function entryOf(name: string, index: number, top: number): string {
  const x = MARGIN.left + (index % LEGEND_ROW) * LEGEND_STEP;
  const y = top + 16 * Math.floor(index / LEGEND_ROW);
  return `<path d="M${x} ${y}h18" ${strokeOf(index)}/><text x="${x + 22}" y="${y + 4}">${escaped(name)}</text>`;
}

function strokeOf(index: number): string {
  const dash = index < COLOURS.length ? '' : ' stroke-dasharray="4 3"';
  return `fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="1.8"${dash}`;
}

function panelOf({ title, lines }: Panel, left: number): string {
  const { width, height } = PANEL;
  const shares = [...new Set(lines.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const [least, most] = [Math.log(shares[0]), Math.log(shares.at(-1)!)];
  const xOf = (x: number) => left + (most === least ? 0.5 : (Math.log(x) - least) / (most - least)) * width;
  const yOf = (y: number) => MARGIN.top + (1 - y) * height;
  const bottom = yOf(0);
  return [
    `<text x="${left}" y="${MARGIN.top - 12}">${escaped(title)}</text>`,
    ...TICKS.map((y) => {
      const text = `<text x="${left - 6}" y="${fixed(yOf(y) + 4)}" text-anchor="end">${percent(y)}</text>`;
      return `<path d="M${left} ${fixed(yOf(y))}h${width}" stroke="#dddddd"/>${text}`;
    }),
    ...shares.map((x) => {
      const text = `<text x="${fixed(xOf(x))}" y="${bottom + 18}" text-anchor="middle">${percent(x)}</text>`;
      return `<path d="M${fixed(xOf(x))} ${bottom}v4" stroke="#888888"/>${text}`;
    }),
    ...lines.map(({ points }, i) => {
      const path = points.map(([x, y]) => `${fixed(xOf(x))} ${fixed(yOf(y))}`).join('L');
      return `<path d="M${path}" ${strokeOf(i)}/>`;
    }),
  ].join('\n');
}
