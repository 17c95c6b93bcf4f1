/** The size of the loop in V8's bytecode, whole and by row. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOOP = fileURLToPath(new URL('../../src/interpreter/loop.js', import.meta.url));
const CALL_ONCE = fileURLToPath(new URL('call-once.js', import.meta.url));

export interface BytecodeSize {
  readonly bytes: number;
  /** Bytes of each row, in both dispatches, the most expensive first. */
  readonly rows: readonly (readonly [row: string, bytes: number])[];
}

/** A line of V8's listing: the source position (if given) and the byte offset in the code. */
const LINE = /^\s*(?:(\d+) [SE]> )?\s*0x[0-9a-f]+ @\s+(\d+) : ((?:[0-9a-f]{2} )+)/gm;

export function bytecodeSize(): BytecodeSize {
  const flags = ['--print-bytecode', '--print-bytecode-filter=runLoop'];
  // When coverage is collected, V8 adds a counter to each block, which the loop of users does not have. Node passes the
  // variable on to a child whose environment omits it.
  const env = { ...process.env, NODE_V8_COVERAGE: undefined };
  const { stdout, status, stderr } = spawnSync(process.execPath, [...flags, CALL_ONCE], {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
  });
  const length = /^Bytecode length: (\d+)$/m.exec(stdout)?.[1];
  if (status !== 0 || length === undefined) throw new Error(`this Node prints no bytecode of the loop: ${stderr}`);
  const arms = [...readFileSync(LOOP, 'utf8').matchAll(/case \d+ \/\* Op\.(\w+) \*\/:/g)];
  const bytes = new Map<string, number>();
  let row = 'the rest';
  for (const [, position, , code] of stdout.matchAll(LINE)) {
    if (position !== undefined) row = arms.findLast(({ index }) => index <= Number(position))?.[1] ?? 'the rest';
    bytes.set(row, (bytes.get(row) ?? 0) + code!.trim().split(' ').length);
  }
  return { bytes: Number(length), rows: [...bytes].sort(([, a], [, b]) => b - a) };
}
