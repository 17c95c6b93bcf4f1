/** The packed program as a process: its status, its first line, a reader that closes its pipe. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const WAT = 'vectors/guests/wat';
const POST = 'vectors/guests/post/post.wasm';

describe('assay as a process', () => {
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, ['dist/package/cli/main.js', ...args], { encoding: 'utf8', input: '' });

  it('exits with the status of the command', () => {
    expect(run(['call', `${WAT}/answer.wasm`, 'answer']).status).to.equal(0);
    const failed = run(['call', `${WAT}/answer.wasm`, 'question']);
    expect([failed.status, failed.stdout]).to.deep.equal([2, '']);
    expect(failed.stderr).to.not.match(/^\s+at /m);
  });

  it('is executable', () => {
    expect(readFileSync('dist/package/cli/main.js', 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it('tolerates a reader that closes the pipe', () => {
    const piped = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" dist/package/cli/main.js inspect ${POST} --all | head -c 10`],
      {
        encoding: 'utf8',
      },
    );
    expect([piped.status, piped.stderr]).to.deep.equal([0, '']);
  });
});
