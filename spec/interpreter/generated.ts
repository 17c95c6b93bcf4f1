/** The files that are generated from the tables, formatted like the rest of the project. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { loopText, profilingLoopText } from './loop-text.js';
import { opFormsText } from './op-forms-text.js';
import { opsText, opText } from './op-text.js';
import { opcodeText } from './opcode-text.js';
import { rareText } from './rare-text.js';

const TEXTS: ReadonlyMap<string, () => string> = new Map([
  ['src/wasm/opcode.ts', opcodeText],
  ['src/interpreter/op.ts', opText],
  ['src/interpreter/ops.ts', opsText],
  ['src/interpreter/op-forms.ts', opFormsText],
  ['src/interpreter/loop.ts', loopText],
  ['src/profile/profiling-loop.ts', profilingLoopText],
  ['src/interpreter/rare.ts', rareText],
]);

/** The expected content of each generated file, by path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([...TEXTS].map(([path, text]) => [path, formatted(path, text())]));
}

function formatted(path: string, text: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${path} cannot be formatted: ${stderr}`);
  return stdout;
}
