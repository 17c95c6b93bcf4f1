// The kit used from the package as its page instructs: the page's own zome, compiled against a copy of the package.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from '@msgpack/msgpack';
import { expect } from 'chai';
import { create, storeEntry } from './chain.js';
import { ZomeDriver } from './zome-driver.js';

const kit = fileURLToPath(new URL('../../../vectors/guests/kit', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin', 'asc.js');

// The code block of that language on the page.
function block(language: string): string {
  const page = readFileSync(join(kit, 'README.md'), 'utf8');
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(page)![1]!;
}

function compiled(): Uint8Array<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), 'kit-'));
  try {
    const installed = join(folder, 'node_modules', 'assay');
    cpSync(kit, join(installed, 'vectors', 'guests', 'kit'), { recursive: true });
    // The part that a compiler reads.
    const exported = { './vectors/guests/kit/*': './vectors/guests/kit/*' };
    writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'assay', exports: exported }));
    writeFileSync(join(folder, 'asconfig.json'), block('json'));
    mkdirSync(join(folder, 'assembly'));
    writeFileSync(join(folder, 'assembly', 'index.ts'), block('ts'));
    const run = spawnSync(process.execPath, [compiler, 'assembly/index.ts', '--outFile', 'zome.wasm', '-O0'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stdout + run.stderr);
    return new Uint8Array(readFileSync(join(folder, 'zome.wasm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('guest kit as a package', () => {
  it('compiles the zome of the page, which imports nothing and judges notes', () => {
    const module = new WebAssembly.Module(compiled());
    expect(WebAssembly.Module.imports(module)).to.deep.equal([]);
    const judge = (entryIndex: number, note: unknown): unknown =>
      new ZomeDriver(module).call('validate', storeEntry(create(entryIndex), encode(note)));
    expect(judge(0, { text: 'x'.repeat(280) })).to.deep.equal({ Ok: 'Valid' });
    expect(judge(1, null)).to.deep.equal({ Ok: 'Valid' });
    const reason = 'text: expected 1 to 280 characters, got 281';
    expect(judge(0, { text: 'x'.repeat(281) })).to.deep.equal({ Ok: { Invalid: reason } });
  });
});
