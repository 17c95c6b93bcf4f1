/**
 * Runs the code in a page as a reader would, from the folder of the package. A `js` block is a module; the `text` block
 * directly after it is its output. A `console` block has commands after `$ ` and the output of each; `NAME=value`
 * applies to the commands that follow.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the page where it begins, for messages. */
  readonly line: number;
  /** Offsets of the code in the page. */
  readonly start: number;
  readonly end: number;
  /** Whether there are only blank lines between the previous block and this one. */
  readonly follows: boolean;
}

const FENCE = /^```(\w*)\n(.*?)^```$/gms;

export function codeBlocks(page: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let before = -1;
  for (const match of page.matchAll(FENCE)) {
    const [whole, language = '', code = ''] = match;
    const start = match.index + 4 + language.length;
    const follows = before >= 0 && page.slice(before, match.index).trim() === '';
    blocks.push({
      language,
      code,
      line: page.slice(0, match.index).split('\n').length,
      start,
      end: start + code.length,
      follows,
    });
    before = match.index + whole.length;
  }
  return blocks;
}

/** The page with the current output of its code; equal to the page if that is right. */
export function refreshed(page: string): string {
  const blocks = codeBlocks(page);
  let text = page;
  // From the last to the first, so that the earlier offsets stay valid.
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i]!;
    const next = blocks[i + 1];
    if (block.language === 'console') {
      text = text.slice(0, block.start) + ranConsole(block.code) + text.slice(block.end);
    } else if (block.language === 'js') {
      const output = ranModule(block.code);
      if (next?.language === 'text' && next.follows) text = text.slice(0, next.start) + output + text.slice(next.end);
    }
  }
  return text;
}

const FOLDER = 'dist/spec/docs/run';
/** Where a reader has the package, and where it is here. */
const INSTALLED = 'node_modules/assay/';

/** The output of a module. It is placed inside the package, so that it imports `assay` like a user. */
function ranModule(code: string): string {
  mkdirSync(FOLDER, { recursive: true });
  try {
    writeFileSync(`${FOLDER}/example.mjs`, code.replaceAll(INSTALLED, './'));
    return ran(process.execPath, [`${FOLDER}/example.mjs`], code);
  } finally {
    rmSync(FOLDER, { recursive: true });
  }
}

function ranConsole(code: string): string {
  const env: Record<string, string | undefined> = { ...process.env, NODE: process.execPath };
  const commands = code.split('\n').filter((line) => line.startsWith('$ '));
  return commands
    .map((line) => {
      const command = line.slice(2).replaceAll(INSTALLED, './');
      const [, name, value] = /^([A-Z]\w*)=(\S+)$/.exec(command) ?? [];
      if (name !== undefined) {
        env[name] = value;
        return `${line}\n`;
      }
      const program = command.replace(/(^|\| )(?:npx )?assay\b/g, '$1"$NODE" dist/package/cli/main.js');
      const { stdout } = spawnSync('sh', ['-c', program], { encoding: 'utf8', env });
      return `${line}\n${stdout}`;
    })
    .join('');
}

function ran(command: string, args: readonly string[], code: string): string {
  const { status, stdout, stderr } = spawnSync(command, [...args], { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`an example failed:\n${code}\n${stderr}`);
}
