/**
 * Ops of a dump that wait for each other: what each receives from the dump, in rounds, and how a fleet returns their
 * results.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { DumpBatch, type DumpVerdict } from '../../src/cli/batch-dump.js';
import type { BatchInput } from '../../src/cli/batch-inputs.js';
import { dumpVerdictOf, RemoteOps } from '../../src/cli/remote-ops.js';
import type { CollectedJob, Collector } from '../../src/fleet/collector.js';
import type { SubmittedJob } from '../../src/fleet/fleet-queue.js';
import type { FleetInput, Submitter } from '../../src/fleet/submitter.js';
import { readConductorDump } from '../../src/zome/conductor-dump.js';
import type { DependencyDocument } from '../../src/zome/dependency-file.js';
import { type DependencySource, NO_DEPENDENCIES, recordsSource } from '../../src/zome/dependency-source.js';
import { hashText } from '../../src/zome/holo-hash.js';
import { type ChainOp, entryHash } from '../../src/zome/index.js';
import { verdictJson } from '../../src/zome/verdict-json.js';
import { dumpedOp, fullStateDump, LIBRARY, village } from '../zome/made-dump.js';

const { ops, records } = village(60, '0.6', LIBRARY, 2);
const VALID: DumpVerdict = { kind: 'Valid' };
const INVALID: DumpVerdict = { kind: 'Invalid' };
const REQUEST = Uint8Array.of(7);

function asksFor(...hashes: readonly Uint8Array[]): DumpVerdict {
  return { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes } };
}

function asksForChain(agent: Uint8Array): DumpVerdict {
  return { kind: 'UnresolvedDependencies', dependencies: { kind: 'AgentActivity', agent } };
}

/** The input of an op, by its hashes. */
function hashesOf({ records: given = [], rejected = [], entries = [], actions = [] }: Partial<DependencyDocument>) {
  const hashOf = ({ hash }: { readonly hash: Uint8Array }) => hashText(hash);
  return {
    records: given.map(({ signed_action }) => hashOf(signed_action.hashed)),
    rejected: rejected.map(({ signed_action }) => hashOf(signed_action.hashed)),
    entries: entries.map((entry) => hashText(entryHash(entry, '0.6'))),
    actions: actions.map(({ hashed }) => hashOf(hashed)),
  };
}

const NOTHING = { records: [], rejected: [], entries: [], actions: [] };

/** A batch of ops, each with a list of verdicts, one for each time it is run; records what it was given each time. */
async function batchOf(given: readonly ChainOp[], verdicts: readonly DumpVerdict[] = [], more = NO_DEPENDENCIES) {
  const bytes = encodeMessagePack(fullStateDump({ integrated: given.map((one) => dumpedOp(one, '0.6')) }));
  const read = readConductorDump([{ name: 'dump', bytes, format: 'messagepack' }], '0.6');
  if (!read.ok) throw new Error(read.fault.reason);
  const runs: ReturnType<typeof hashesOf>[] = [];
  const requests: Uint8Array[] = [];
  const left = [...verdicts];
  const validate = async (_: Uint8Array, dependencies: Partial<DependencyDocument>, requestId: Uint8Array) => {
    runs.push(hashesOf(dependencies));
    requests.push(requestId);
    const verdict = left.shift();
    if (verdict === undefined) throw new Error('the host failed');
    return { verdict };
  };
  const batch = new DumpBatch(read.dump, validate, more);
  return { batch, runs, requests };
}

async function inputsOf(batch: DumpBatch<never>, isDone = (_: number) => false): Promise<readonly BatchInput[]> {
  const inputs: BatchInput[] = [];
  for await (const input of batch.inputs.read(isDone)) inputs.push(input);
  return inputs;
}

const typed = (type: ChainOp['type']) => ops.filter((one) => one.type === type);
const actionOf = ({ action }: ChainOp) => action.hashed.hash;
const [first, second] = typed('StoreEntry') as [ChainOp, ChainOp];
const firstRecord = { records: [hashText(actionOf(first))] };

describe('ops of a dump', () => {
  it('are inputs with their number, their kind and their action', async () => {
    const { batch } = await batchOf([first, second]);
    expect([batch.inputs.of, batch.inputs.count, batch.inputs.bytes]).to.deep.equal([
      { kind: 'dump', ops: 2 },
      2,
      undefined,
    ]);
    const whole = await inputsOf(batch as never);
    expect(whole.map(({ index, name, format }) => [index, name, format])).to.deep.equal([
      [0, `StoreEntry ${hashText(actionOf(first))}`, 'messagepack'],
      [1, `StoreEntry ${hashText(actionOf(second))}`, 'messagepack'],
    ]);
    expect(whole[0]!.bytes.length).to.be.greaterThan(100);
    const { batch: again } = await batchOf([first, second]);
    const rest = await inputsOf(again as never, (index) => index === 0);
    expect(rest).to.deep.equal([whole[1]]);
  });

  it('are run again with what they request, until there is nothing more of it', async () => {
    const { author } = first.action.hashed.content as unknown as { readonly author: Uint8Array };
    const chain = ops.flatMap((one) => (toHex(authorOf(one)) === toHex(author) ? [hashText(actionOf(one))] : []));
    const absent = new Uint8Array(39).fill(1);
    const entry = entryHash(entryOf(second), '0.6');
    const rows: readonly (readonly [string, readonly DumpVerdict[], readonly object[]])[] = [
      ['nothing', [VALID], [{}]],
      ['an action', [asksFor(actionOf(first)), VALID], [{}, firstRecord]],
      ['an action twice', [asksFor(actionOf(first)), asksFor(actionOf(first))], [{}, firstRecord]],
      ['what is nowhere', [asksFor(absent)], [{}]],
      ['what is nowhere, and an action', [asksFor(absent, actionOf(first)), VALID], [{}, firstRecord]],
      ['an action, and what is nowhere', [asksFor(actionOf(first), absent), INVALID], [{}, firstRecord]],
      ['an entry', [asksFor(entry), asksFor(entry)], [{}, { entries: [hashText(entry)] }]],
      [
        'an entry, then an action',
        [asksFor(entry), asksFor(actionOf(first)), VALID],
        [{}, { entries: [hashText(entry)] }, { entries: [hashText(entry)], ...firstRecord }],
      ],
      ['a chain', [asksForChain(author), asksForChain(author)], [{}, { actions: [...new Set(chain)] }]],
      ['a chain of nobody', [asksForChain(absent)], [{}]],
    ];
    for (const [what, verdicts, given] of rows) {
      const { batch, runs, requests } = await batchOf(ops, verdicts);
      const inputs = await inputsOf(batch as never);
      const judged = await batch.judge(inputs[0]!, REQUEST);
      expect(judged.verdict, what).to.equal(verdicts.at(-1));
      expect(sorted(runs), what).to.deep.equal(sorted(given.map((one) => ({ ...NOTHING, ...one }))));
      expect(requests, what).to.deep.equal(given.map(() => REQUEST));
    }
  });

  it('receive a record as rejected if an earlier op of it was invalid, and wait for that op', async () => {
    const both = ops.filter((one) => toHex(actionOf(one)) === toHex(actionOf(first)));
    const given = [...both, second];
    const rejected = { rejected: [hashText(actionOf(first))] };
    for (const [earlier, found] of [
      [[VALID, VALID, VALID], firstRecord],
      [[VALID, INVALID, VALID], rejected],
      [[INVALID, VALID, VALID], rejected],
      [[{ kind: 'NoVerdict' }, VALID, VALID], firstRecord],
    ] as const) {
      expect(both).to.have.length(3);
      const { batch, runs } = await batchOf(given, [asksFor(actionOf(first)), ...earlier, VALID]);
      const inputs = await inputsOf(batch as never);
      const last = batch.judge(inputs.at(-1)!);
      for (const input of inputs.slice(0, 3)) await batch.judge(input);
      expect((await last).verdict).to.equal(VALID);
      expect(runs.at(-1)).to.deep.equal({ ...NOTHING, ...found });
    }
    // An op waits neither for itself nor for those after it.
    const { batch, runs } = await batchOf(given, [asksFor(actionOf(first)), VALID]);
    const [own] = await inputsOf(batch as never);
    await batch.judge(own!);
    expect(runs.at(-1)).to.deep.equal({ ...NOTHING, ...firstRecord });
  });

  it('count with the verdict of an earlier run, and as valid when the host fails on them', async () => {
    for (const [isInvalid, found] of [
      [false, firstRecord],
      [true, { rejected: [hashText(actionOf(first))] }],
    ] as const) {
      const { batch, runs } = await batchOf([first, second], [asksFor(actionOf(first)), VALID]);
      if (isInvalid) batch.addInvalidBefore(0);
      const [input] = await inputsOf(batch as never, (index) => index === 0);
      await batch.judge(input!);
      expect(runs.at(-1)).to.deep.equal({ ...NOTHING, ...found });
    }
    const { batch, runs } = await batchOf([first, second], []);
    const [failing, input] = (await inputsOf(batch as never)) as [BatchInput, BatchInput];
    for (const one of [failing, input]) {
      const error: unknown = await batch.judge(one).catch((thrown: unknown) => thrown);
      expect(error).to.have.property('message', 'the host failed');
    }
    expect(runs).to.deep.equal([NOTHING, NOTHING]);
  });

  it('are not run while they lack their subject, unless it is given beside the dump', async () => {
    const [removed] = typed('RegisterRemoveLink') as [ChainOp];
    const { link_add_address: link } = removed.action.hashed.content as unknown as { link_add_address: Uint8Array };
    const { batch, runs } = await batchOf([removed]);
    const [input] = (await inputsOf(batch as never)) as [BatchInput];
    expect(input.bytes).to.have.length(0);
    expect(await batch.judge(input)).to.deep.equal({
      verdict: { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: [link] } },
      calls: [],
    });
    expect(runs).to.deep.equal([]);
    const beside: DependencySource = recordsSource(records);
    const given = await batchOf([removed], [VALID], beside);
    const [made] = (await inputsOf(given.batch as never)) as [BatchInput];
    expect(made.bytes.length).to.be.greaterThan(0);
    expect(await given.batch.judge(made)).to.deep.equal({ verdict: VALID });
    expect(given.runs).to.deep.equal([NOTHING]);
  });
});

function authorOf({ action }: ChainOp): Uint8Array {
  return (action.hashed.content as unknown as { readonly author: Uint8Array }).author;
}

function entryOf({ entry }: ChainOp) {
  if (entry.kind !== 'Present') throw new Error(entry.kind);
  return entry.value;
}

/** A dump supplies the actions of a chain in the order in which it read them. */
function sorted(runs: readonly object[]): readonly object[] {
  return runs.map((run) => Object.fromEntries(Object.entries(run).map(([key, list]) => [key, [...list].sort()])));
}

describe('ops run by a fleet', () => {
  const input = (index: number): BatchInput => ({
    index,
    name: `op ${index}`,
    bytes: new Uint8Array(0),
    format: 'messagepack',
  });
  const idOf = (number: number) => new Uint8Array(32).fill(number);
  const collected = (number: number, ...verdicts: readonly string[]) =>
    ({ id: idOf(number), items: verdicts.map((verdict) => ({ verdict, receipts: [] })) }) as unknown as CollectedJob;

  /** A submitter that makes a job of the added inputs when it is flushed, or of every `full` inputs. */
  function submitter({ full = 64, fails = '', unbilled = '' } = {}) {
    const added: FleetInput[] = [];
    const jobs: number[] = [];
    const billed: CollectedJob[] = [];
    let waiting = 0;
    const flush = async (): Promise<readonly SubmittedJob[]> => {
      if (fails === 'flush') throw new Error('the queue is away');
      if (waiting === 0) return [];
      jobs.push(waiting);
      const job = { id: idOf(jobs.length), job: new Uint8Array(0), inputs: waiting };
      waiting = 0;
      return [job];
    };
    const made = {
      add: async (one: FleetInput) => {
        if (fails === one.name) throw new Error('it is too long');
        const before = waiting >= full ? await flush() : [];
        added.push(one);
        waiting += 1;
        return before;
      },
      flush,
      bill: async (job: CollectedJob) => {
        if (unbilled !== '') throw new Error(unbilled);
        billed.push(job);
      },
    };
    return { added, jobs, billed, submitter: made as unknown as Submitter };
  }

  /** Delivers jobs after they were submitted. */
  function collectorOf(
    jobs: readonly number[],
    results: readonly CollectedJob[],
    before: readonly CollectedJob[] = [],
  ) {
    const left = [...results];
    return {
      async *before() {
        yield* before;
      },
      next: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const [job] = left;
        if (job === undefined || job.id[0]! > jobs.length) return [];
        left.shift();
        if (job.items.length === 0) throw new Error('the queue is gone');
        return [job];
      },
    } as unknown as Collector;
  }

  const run = (remote: RemoteOps, index: number) =>
    remote.run(input(index), Uint8Array.of(index), Uint8Array.of(9)).then(
      (item) => (item as { readonly verdict: string }).verdict,
      (error: Error) => `error: ${error.message}`,
    );

  it('wait briefly for others of their job, and each receives its own result when it is billed', async () => {
    const fleet = submitter();
    const remote = new RemoteOps();
    remote.open(fleet.submitter);
    const collecting = remote.collect(collectorOf(fleet.jobs, [collected(1, 'a', 'b', 'c')]));
    expect(await Promise.all([run(remote, 0), run(remote, 1), run(remote, 2)])).to.deep.equal(['a', 'b', 'c']);
    remote.end();
    await collecting;
    expect(fleet.jobs).to.deep.equal([3]);
    expect(fleet.billed.map(({ id }) => id)).to.deep.equal([idOf(1)]);
    expect(fleet.added[1]).to.deep.equal({
      index: 1,
      name: 'op 1',
      format: 'messagepack',
      input: Uint8Array.of(1),
      dependencies: Uint8Array.of(9),
    });
  });

  it('are matched by their jobs, also if the result came first', async () => {
    const fleet = submitter({ full: 2 });
    const remote = new RemoteOps();
    remote.open(fleet.submitter);
    const late = [collected(2, 'c')];
    const collecting = remote.collect(collectorOf(fleet.jobs, late, [collected(1, 'a', 'b'), collected(5, 'other')]));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await Promise.all([run(remote, 0), run(remote, 1), run(remote, 2)])).to.deep.equal(['a', 'b', 'c']);
    remote.end();
    await collecting;
    expect(fleet.jobs).to.deep.equal([2, 1]);
    // Inputs that nobody waits for are not billed.
    expect(fleet.billed.map(({ id }) => id[0])).to.deep.equal([1, 2]);
  });

  it('all fail with the queue, an input or the bill', async () => {
    for (const [what, options, results, said] of [
      ['the queue, when it is given', { fails: 'flush' }, [], ['the queue is away', 'the queue is away']],
      ['the queue, when it is asked', {}, [collected(1)], ['the queue is gone', 'the queue is gone']],
      ['an input', { fails: 'op 1' }, [], ['it is too long', 'it is too long']],
      ['the bill', { unbilled: 'not enough' }, [collected(1, 'a', 'b')], ['not enough', 'not enough']],
    ] as const) {
      const fleet = submitter(options);
      const remote = new RemoteOps();
      remote.open(fleet.submitter);
      const collecting = remote.collect(collectorOf(fleet.jobs, results));
      expect(await Promise.all([run(remote, 0), run(remote, 1)]), what).to.deep.equal(
        said.map((text) => `error: ${text}`),
      );
      // And so do those that come after it.
      expect(await run(remote, 2), what).to.equal(`error: ${said[0]}`);
      remote.end();
      await collecting;
    }
  });

  it('receive from the dump what a worker reports as unresolved', () => {
    const ofJson = (verdict: object) => dumpVerdictOf({ verdict: JSON.stringify(verdict), receipts: [] });
    const author = authorOf(first);
    // A guest may request an invalid hash, or a hash with another location.
    const named = [actionOf(first), actionOf(first).with(38, 0), Uint8Array.of(1, 0xff), new Uint8Array(39), REQUEST];
    const waits = 'UnresolvedDependencies';
    const activity = { kind: 'AgentActivity', agent: author, filter: { chain_top: actionOf(first) } };
    for (const [written, read] of [
      [verdictJson({ kind: 'Valid' }), VALID],
      [verdictJson({ kind: 'Invalid', reason: 'x' }), INVALID],
      [
        verdictJson({ kind: 'NoVerdict', cause: { kind: 'exhausted', resource: 'fuel' } as never }),
        { kind: 'NoVerdict' },
      ],
      [verdictJson({ kind: waits, dependencies: { kind: 'Hashes', hashes: named } }), asksFor(...named)],
      [verdictJson({ kind: waits, dependencies: activity as never }), asksForChain(author)],
      [{ verdict: waits, cut: '00' }, { kind: 'NoVerdict' }],
    ] as const)
      expect(ofJson(written), JSON.stringify(written)).to.deep.equal(read);
    expect(dumpVerdictOf({ failure: 'host-failure', text: 'x' })).to.deep.equal({ kind: 'NoVerdict' });
  });
});
