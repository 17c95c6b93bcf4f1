/**
 * The commands of docs/FLEET.md as they are written there, and the rights that the page gives a worker in PostgreSQL.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { consoleOf, runCommandLine } from '../../src/cli/program.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import { onEachQueue } from './queues.js';

const PAGE = readFileSync('docs/FLEET.md', 'utf8');
const [, COMMANDS = ''] = /```sh\n([^`]*)```/.exec(PAGE) ?? [];
const [, RIGHTS = ''] = /```sql\n([^`]*)```/.exec(PAGE) ?? [];

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[]): Promise<Ran> {
  let [out, err] = ['', ''];
  const streams = [(text: string) => (out += text), (text: string) => (err += text)].map((write) => ({ write }));
  const status = await runCommandLine(args, consoleOf(streams[0], streams[1], {}));
  return { status, out, err };
}

/** The result of each input, in the order of the inputs. */
function linesOf(path: string): readonly unknown[] {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { readonly index: number })
    .sort((one, other) => one.index - other.index);
}

onEachQueue('assay submit, work, status', (kind) => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-fleet-cli-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('behaves as docs/FLEET.md describes, with the lines of validate --batch', async () => {
    const url = kind.place();
    const lines = COMMANDS.trim().split('\n');
    const [first, second, submit, status] = lines.map((line) =>
      line
        .split(' ')
        .slice(1)
        .map((word) => word.replace('"$QUEUE"', url).replace(/^(worker-\d\.key|results\.jsonl)$/, join(folder, '$1'))),
    );
    const small = ['--threads', '1'];
    const workers = [run([...first, ...small]), run([...second, ...small])];
    const submitted = await run(submit);
    expect(submitted.err).to.equal('');
    expect(submitted)
      .to.include({ status: 4 })
      .and.property('out')
      .to.match(/^165 inputs\nValid +22\n/);
    const shown = await run([...status, '--json']);
    expect(shown.status, shown.err).to.equal(0);
    const { batches } = JSON.parse(shown.out) as { readonly batches: readonly Readonly<Record<string, unknown>>[] };
    expect(batches).to.have.length(1);
    expect(batches[0]).to.include({ isClosed: true, inputs: 165, settledInputs: 165, quarantined: 0 });
    const direct = join(folder, `direct-${kind.name}.jsonl`);
    const batch = ['validate', submit[1], '--batch', 'vectors/guests/entries', '--threads', '1', '--out', direct];
    expect((await run(batch)).status).to.equal(4);
    const out = join(folder, 'results.jsonl');
    expect(linesOf(out)).to.deep.equal(linesOf(direct));
    // Existing results are not written again, and nothing runs.
    expect((await run([...submit, '--resume'])).status).to.equal(4);
    expect(linesOf(out)).to.have.length(165);
    rmSync(out);
    // As the system does; the commands run in this process.
    process.emit('SIGTERM');
    for (const worker of workers) expect((await worker).status).to.equal(0);
  });

  it('returns results for the current inputs, not for earlier ones with the same names', async () => {
    const url = kind.place();
    const inputs = join(folder, 'inputs');
    mkdirSync(inputs, { recursive: true });
    const put = (name: string, entry: string) =>
      copyFileSync(`vectors/guests/entries/${entry}.json`, join(inputs, `${name}.json`));
    for (const name of ['a', 'b', 'c']) put(name, 'post-valid-plain');
    const small = ['--queue', url, '--threads', '1'];
    const workers = [run(['work', ...small]), run(['work', ...small, '--tier', 'interpreter'])];
    const verdicts = async (...options: readonly string[]) => {
      const out = join(folder, 'changed.jsonl');
      await run([
        'submit',
        'vectors/guests/post/post.wasm',
        '--queue',
        url,
        '--batch',
        inputs,
        '--out',
        out,
        ...options,
      ]);
      const lines = linesOf(out) as readonly { readonly verdict: string }[];
      rmSync(out);
      return lines.map(({ verdict }) => verdict).join();
    };
    expect(await verdicts()).to.equal('Valid,Valid,Valid');
    put('b', 'post-invalid-title-empty');
    expect(await verdicts()).to.equal('Valid,Invalid,Valid');
    // Other jobs of the same inputs.
    expect(await verdicts('--job-inputs', '2')).to.equal('Valid,Invalid,Valid');
    process.emit('SIGTERM');
    for (const worker of workers) expect((await worker).status).to.equal(0);
  });

  it('reports what is wrong, without the password of the queue', async () => {
    const wrong = await run(['status', '--queue', 'redis://me:secret@host/x']);
    expect(wrong).to.include({ status: 2 }).and.property('err').to.include('redis://host/x').and.not.include('secret');
    const none = await run(['status', 'no-such-batch', '--queue', kind.place()]);
    expect(none).to.include({ status: 2 }).and.property('err').to.include("there is no batch 'no-such-batch'");
  });

  if (kind.name === 'PostgreSQL') {
    it('needs no more rights for a worker than the page grants', async () => {
      const url = kind.place();
      await (await openQueue(url)).close();
      const client = new pg.Client(url);
      await client.connect();
      await client.query(`create role worker login; ${RIGHTS}`);
      await client.query('set role worker');
      for (const forbidden of ['delete from assay_fleet.job', 'insert into assay_fleet.result values (null)'])
        expect(
          await client.query(forbidden).then(
            () => 'done',
            (error: Error) => error.message,
          ),
        ).to.match(/permission denied/);
      await client.end();
      const submit = [
        'submit',
        'vectors/guests/ledger/ledger.wasm',
        '--batch',
        'vectors/guests/entries',
        '--queue',
        url,
      ];
      expect((await run([...submit, '--detach'])).status).to.equal(0);
      const working = [
        'work',
        '--queue',
        url.replace('postgres@', 'worker@'),
        '--threads',
        '1',
        '--idle',
        '1',
        '--json',
      ];
      const worked = await run(working);
      expect(worked.status, worked.err).to.equal(0);
      expect(JSON.parse(worked.out)).to.include({ jobs: 3, inputs: 165 });
    });
  }
});
