/**
 * Text for a person: aligned columns, grouped numbers, and names chosen by a guest without terminal control characters.
 */

/** A number with commas, in every locale: 1,234,567. */
export function grouped(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Text from a guest or a file: control characters, bidirectional overrides and lone surrogates are escaped. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

/** At most `length` characters, with an ellipsis if some are omitted. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** A cell, or one with a style that has no width. */
export type Cell = string | { readonly text: string; readonly style: (text: string) => string };

/** Rows in columns, separated by two spaces. `right` lists the right-aligned columns. */
export function columns(rows: readonly (readonly Cell[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(textOf(cell)));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const padding = ' '.repeat(widths[i] - widthOf(textOf(cell)));
        const text = typeof cell === 'string' ? cell : cell.style(cell.text);
        return right.includes(i) ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function widthOf(text: string): number {
  return [...text].length;
}
