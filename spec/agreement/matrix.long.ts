/** The matrix as a program that is stopped and restarted. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from 'chai';

const ALL = fileURLToPath(new URL('all.js', import.meta.url));

interface Ran {
  readonly status: number | null;
  readonly out: string;
}

/** Runs `agree:all`; kills it as soon as its output matches `until`. */
function runAll(args: readonly string[], until?: RegExp): Promise<Ran> {
  const child = spawn(process.execPath, [ALL, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (until?.test(out)) child.kill();
  });
  return new Promise((done) => {
    child.on('close', (status) => done({ status, out }));
  });
}

describe('the matrix', () => {
  const own = mkdtempSync(join(tmpdir(), 'assay-matrix-'));
  after(() => rmSync(own, { recursive: true }));

  it('keeps completed rows when it is stopped and restarted', async () => {
    const args = ['--folder', own, '--runs', '30', '--rows', '1'];
    for (const only of ['this Node, instrumented+fresh', 'this Node, host-log']) args.push('--only', only);
    const stopped = await runAll(args, /instrumented\+fresh \|/);
    assert.equal(stopped.status, 130, stopped.out);
    assert.deepEqual(readdirSync(join(own, 'rows')), ['this-node-instrumented-fresh.json']);
    const again = await runAll(args);
    assert.equal(again.status, 0, again.out);
    assert.match(again.out, /runs kept:/);
    assert.match(again.out, /2 rows, 0 of them disagree or broke/);
    assert.lengthOf(readdirSync(join(own, 'rows')), 2);
    assert.lengthOf(readFileSync(join(own, 'matrix.md'), 'utf8').trim().split('\n'), 4);
  });
});
