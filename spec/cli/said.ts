/**
 * Output of commands, compared whole with recorded text, so that no change of a word, column or colour goes unnoticed:
 * `said/NAME.txt` has a block for each. To record again, set ASSAY_RECORD=1 and run the spec. Hashes are left out,
 * because receipts have separate specs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Ran } from './command-line.js';

const SAID = new URL('../../../spec/cli/said/', import.meta.url);
const BETWEEN = '\n\n$ ';

function withoutHashes(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replace(/uhC[0-9A-Za-z_-]{50}/g, 'HOLOHASH')
    .replace(/\{ ?"\$bin": ?"[0-9a-f]{128}" ?\}/g, 'SIGNATURE')
    .replaceAll(process.cwd(), 'FOLDER');
}

function marked(mark: string, text: string): readonly string[] {
  if (text === '') return [];
  const lines = withoutHashes(text).replace(/\n$/, '').split('\n');
  return lines.map((line) => `${mark} ${line}`.trimEnd());
}

/** Both streams with a mark before each line, and the exit status. */
export function block({ status, out, err }: Ran): string {
  return [...marked('|', out), ...marked('!', err), `= ${status}`].join('\n');
}

/**
 * Progress and times depend on the clock, the order of a batch's lines on its threads; control sequences for a terminal
 * are spelled out.
 */
function readable(text: string): string {
  const inOrder = text.replace(/(?:^\{"index":.*\n)+/gm, (lines) => {
    const indexOf = (line: string) => Number(/\d+/.exec(line)![0]);
    const sorted = lines
      .trimEnd()
      .split('\n')
      .sort((a, b) => indexOf(a) - indexOf(b));
    return `${sorted.join('\n')}\n`;
  });
  return inOrder
    .replaceAll('\u001b', '\\e')
    .replace(/\r\\e\[K[^\r\n]*/g, '')
    .replace(/\b[0-9a-f]{128}\b/g, 'SIGNATURE')
    .replace(/\b(?=\d*[a-f])[0-9a-f]{16}\b/g, 'HASH')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'MOMENT');
}

function recordedIn(place: URL): Map<string, string> {
  if (!existsSync(place)) return new Map();
  const blocks = readFileSync(place, 'utf8').trimEnd().split(BETWEEN);
  return new Map(
    blocks.map((text, at) => {
      const [title, ...lines] = (at === 0 ? text.slice(2) : text).split('\n');
      return [title!, lines.join('\n')];
    }),
  );
}

export type ExpectSaid = (title: string, said: Ran | string) => void;

/**
 * @param name of the file
 * @param folder of the spec, which is removed from the compared text
 * @returns a check of a command's output, or of the text of a file that it wrote
 */
export function saidBy(name: string, folder: () => string = () => ''): ExpectSaid {
  const place = new URL(`${name}.txt`, SAID);
  return (title, said) => {
    const dir = folder();
    const whole = typeof said === 'string' ? marked('>', readable(said)).join('\n') : block(cleaned(said));
    const text = dir === '' ? whole : whole.replaceAll(dir, 'DIR');
    const recorded = recordedIn(place);
    if (process.env['ASSAY_RECORD'] === '1') {
      mkdirSync(SAID, { recursive: true });
      recorded.set(title, text);
      writeFileSync(place, `${[...recorded].map(([own, lines]) => `$ ${own}\n${lines}`).join('\n\n')}\n`);
    }
    expect(text, title).to.equal(recorded.get(title));
  };
}

function cleaned({ status, out, err }: Ran): Ran {
  return { status, out: readable(out), err: readable(err) };
}
