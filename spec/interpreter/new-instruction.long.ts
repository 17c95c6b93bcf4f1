/**
 * A new instruction takes two places: its row in the instruction table and its row in the table of operations. A
 * fictional one is added to a copy of the project; the compiler or the writer names any part that is missing.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

const NAME = 'i32.popcnt2';
/** A byte that no instruction of the language has. */
const OPCODE = 0xc5;
const NEIGHBOUR = "  { name: 'i32.popcnt', ";
const INSTRUCTION = `  { name: '${NAME}', opcode: ${OPCODE}, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },\n`;
const ROW_NEIGHBOUR = "  rareUnary('i32.popcnt', ";
const ROW = `  rareUnary('${NAME}', 'I32Popcnt2', 'i32', 'i32', '2 * I32.popcnt(A)'),\n`;

/** (module (func (export "f") (param i32) (result i32) local.get 0 i32.popcnt2)) */
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, 0x07, 0x01, 0x05, 0x00, 0x20, 0x00, OPCODE, 0x0b],
);

describe('a new instruction', function () {
  this.timeout(240_000);
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-instruction-'));
    for (const path of [
      'src',
      'spec/interpreter',
      'spec/script-options.ts',
      'package.json',
      'biome.json',
      'tsconfig.json',
    ])
      cpSync(path, join(folder, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const config = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { compilerOptions: object };
    // Only the parts that run are needed.
    const compilerOptions = { ...config.compilerOptions, declaration: false, sourceMap: false };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...config, compilerOptions, include: ['src'] }));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function run(script: string): { readonly ok: boolean; readonly text: string } {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script], {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    return { ok: status === 0, text: stdout + stderr };
  }

  function addBefore(path: string, neighbour: string, row: string): void {
    const text = readFileSync(join(folder, path), 'utf8');
    expect(text.split(neighbour).length, `${neighbour} in ${path}`).to.equal(2);
    writeFileSync(join(folder, path), text.replace(neighbour, row + neighbour));
  }

  it('is reported by the generator while it has only its operation', () => {
    addBefore('src/interpreter/table/integer-rows.ts', ROW_NEIGHBOUR, ROW);
    const { ok, text } = run('interpreter:write');
    expect(ok).to.equal(false);
    expect(text).to.include(`I32Popcnt2 is the operation of '${NAME}', which is no instruction`);
    cpSync('src/interpreter/table/integer-rows.ts', join(folder, 'src/interpreter/table/integer-rows.ts'));
  });

  it('is reported by the compiler while it has no rule', () => {
    addBefore('src/wasm/instructions.ts', NEIGHBOUR, INSTRUCTION);
    expect(run('interpreter:write')).to.deep.equal({ ok: true, text: '' });
    const { ok, text } = run('compile');
    expect(ok).to.equal(false);
    expect(text).to.include('src/interpreter/compile/rules.ts').and.include(`'${NAME}'`);
  });

  it('runs with its two rows', async () => {
    addBefore('src/interpreter/table/integer-rows.ts', ROW_NEIGHBOUR, ROW);
    expect(run('interpreter:write')).to.deep.equal({ ok: true, text: '' });
    expect(run('compile')).to.deep.equal({ ok: true, text: '' });
    const entry = pathToFileURL(join(folder, 'dist/src/index.js')).href;
    const { createEngine, i32, printValue } = (await import(entry)) as typeof import('../../src/index.js');
    const loaded = await createEngine({ tier: 'interpreter' }).load(MODULE);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { outcome } = loaded.module.call('f', [i32(0b1011)]);
    expect(outcome.kind === 'returned' && outcome.values.map(printValue)).to.deep.equal(['i32:0x00000006']);
  });
});
