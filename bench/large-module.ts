/**
 * The largest module in public use that we know: DuckDB as WebAssembly, 39 MB, from npm. It is not a dependency of the
 * project: when it is requested, npm installs it once into the system's folder for temporary files.
 *
 * No host here can link it unchanged: it imports a memory, a table and mutable globals, which would be state outside
 * the receipt. So they become its own, with globals of zero, and it gets an export that returns a number. Its start
 * function, which sets 10,000 globals, stays.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportDescription } from '../src/wasm/module.js';
import { type Expression, type ModuleParts, partsOf } from '../src/wasm/module-parts.js';
import { Opcode } from '../src/wasm/opcode.js';
import { type GlobalType, ValueType } from '../src/wasm/types.js';
import { decoded, withBootOf } from './boot-modules.js';
import type { SampleModule } from './sample-modules.js';

const PACKAGE = '@duckdb/duckdb-wasm@1.32.0';
const FILE = 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-mvp.wasm';

/** The module, or why there is none. */
export function largeModule(progress: (text: string) => void): SampleModule | string {
  const folder = join(tmpdir(), 'assay-bench-packages');
  const file = join(folder, FILE);
  if (!existsSync(file)) {
    progress(`npm installs ${PACKAGE}`);
    const args = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', PACKAGE];
    const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
    if (status !== 0 || !existsSync(file))
      return `npm could not install ${PACKAGE}: ${stderr?.trim().split('\n').at(-1) ?? ''}`;
  }
  return {
    name: 'duckdb-mvp of 39 MB',
    bytes: withBootOf(ownState(partsOf(decoded(new Uint8Array(readFileSync(file)))))),
  };
}

/** The module with its imported memory, tables and globals as its own. The indices do not change. */
function ownState(parts: ModuleParts): ModuleParts {
  const imported = <K extends ImportDescription['kind']>(wanted: K) =>
    parts.imports.flatMap(({ description }) =>
      description.kind === wanted ? [description as Extract<ImportDescription, { kind: K }>] : [],
    );
  return {
    ...parts,
    imports: parts.imports.filter(({ description }) => description.kind === 'function'),
    memories: [...imported('memory').map(({ type }) => type), ...parts.memories],
    tables: [...imported('table').map(({ type }) => type), ...parts.tables],
    globals: [...imported('global').map(({ type }) => ({ type, init: zeroOf(type) })), ...parts.globals],
  };
}

function zeroOf({ type }: GlobalType): Expression {
  if (type !== ValueType.I32) throw new Error('an imported global of another type than i32');
  return Uint8Array.of(Opcode.I32Const, 0, Opcode.End);
}
