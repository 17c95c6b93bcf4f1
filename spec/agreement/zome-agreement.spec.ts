/** Agreement of zomes: nodes of a zome host, on existing ops and on hostile ones derived from them. */
import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import fc from 'fast-check';
import { agreement } from '../../src/agreement/agreement.js';
import {
  type AgreementZomes,
  moduleJson,
  moduleOfJson,
  opCall,
  type SubjectJson,
} from '../../src/agreement/agreement-call.js';
import type { CheckReport, PropertyName } from '../../src/agreement/agreement-check.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import { describeZomeAgreement } from '../../src/agreement/describe-agreement.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import type { NodeAnswer } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { parseNode } from '../../src/agreement/node-spec.js';
import { hostileOp } from '../../src/agreement/op-arbitrary.js';
import { reportLines } from '../../src/agreement/report-text.js';
import { zomeAgreement } from '../../src/agreement/zome-agreement.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import { messagePackFromJson } from '../../src/boundary/json-read.js';
import { type Encodable, encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { op } from '../../src/zome/op.js';
import { ZOME_JSON } from '../../src/zome/zome-json.js';
import { ALLOCATOR, wasmOf } from '../zome/probe-guest.js';
import { samples } from '../zome/sample-ops.js';

function document(path: string): Uint8Array {
  const read = messagePackFromJson(readFileSync(path, 'utf8'), ZOME_JSON);
  if (!read.ok) throw new Error(`${path}: ${read.fault.reason}`);
  return encodeMessagePack(read.value as Encodable);
}

const LINKS: AgreementZomes = {
  zomes: [{ name: 'links', wasm: new Uint8Array(readFileSync('vectors/guests/links/links.wasm')) }],
  dependencies: document('vectors/zome/ops/book-dependencies.json'),
};
const BOOK = document('vectors/zome/ops/book.json');
const SAMPLES = samples({ generation: '0.6' }).ops.map((row) => encodeBytes(op('0.6'), row.op));
const OPS = [BOOK, ...SAMPLES];
const NODES = ['interpreter', 'instrumented+warm+shuffled'] as const;

function failureOf({ properties }: CheckReport, name: PropertyName): string | undefined {
  return properties.find((property) => property.name === name)?.failure;
}

/** A node that returns a changed result of another node. */
function lying(node: AgreementNode, lie: (answer: NodeAnswer) => NodeAnswer): AgreementNode {
  return {
    name: 'liar',
    describe: () => node.describe(),
    run: async (module, calls) => (await node.run(module, calls)).map(lie),
    close: () => node.close(),
  };
}

describe('agreement of zomes', () => {
  it('sends every node the same ops, and compares receipts, verdicts and traces', async () => {
    const ops = hostileOp(OPS, { generation: '0.6' });
    const options = { nodes: [...NODES, 'interpreter+fresh', 'host-log', 'worker'], noTrap: false, seed: 3 };
    const report = await zomeAgreement(LINKS, { ops, examples: [BOOK], runs: 41, ...options });
    assert.isTrue(report.ok, reportLines(report).join('\n'));
    assert.equal(report.calls, 41);
    assert.deepEqual(
      report.nodes.map(({ answers }) => answers),
      [82, 82, 82, 82, 82],
    );
    assert.deepEqual(Object.keys(report.nodes[0]!.tiers), ['interpreter']);
    assert.deepEqual(Object.keys(report.nodes[1]!.tiers), ['instrumented']);
    assert.isAbove(report.verdicts['Valid'] ?? 0, 0);
    assert.match(
      reportLines(report).join('\n'),
      /passed {2}agreement \(\d+\)\npassed {2}determinism \(\d+\)\n\n41 inputs: .*; seed 3/,
    );
  }).timeout(120_000);

  it('detects the dependencies, and the generation in the module', async () => {
    const options = { ops: fc.constant(BOOK), runs: 1, nodes: NODES };
    assert.deepEqual((await zomeAgreement(LINKS, options)).verdicts, { Valid: 1 });
    const { dependencies: _, ...alone } = LINKS;
    assert.deepEqual((await zomeAgreement(alone, options)).verdicts, { UnresolvedDependencies: 1 });
    const other = await zomeAgreement({ ...LINKS, generation: '0.7' }, { ...options, noTrap: false }).catch(String);
    assert.match(String(other), /not dependencies of generation 0\.7/);
  });

  it('is the same over a channel', () => {
    const subject: AgreementZomes = {
      ...LINKS,
      dnaInfo: {
        name: 'a',
        hash: new Uint8Array(39),
        modifiers: { network_seed: 's', properties: Uint8Array.of(0xc0) },
      },
      zome: 'links',
      limits: { payloadBytes: 9 },
    };
    const json = JSON.parse(JSON.stringify(moduleJson(subject))) as SubjectJson;
    assert.deepEqual(moduleOfJson(json), subject);
  });

  it('reports which guest of which node differs, in which field, and where', async () => {
    const liar = lying(engineNode({ tier: 'interpreter' }), (answer) =>
      answer.kind !== 'validation'
        ? answer
        : { ...answer, calls: answer.calls.map((call) => ({ ...call, receipt: { ...call.receipt, pages: 9 } })) },
    );
    const nodes = [engineNode({ tier: 'interpreter' }), liar];
    const report = await zomeAgreement(LINKS, { ops: fc.constant(BOOK), runs: 1, nodes });
    assert.match(failureOf(report, 'agreement')!, /interpreter and liar differ in calls\[0\]\.receipt\.pages/);
    assert.equal(report.replay!.difference.right, '9');
    assert.match(report.replay!.where.join('\n'), /they diverge at fuel \d+ of validate on an op of \d+ bytes/);
  });

  it('compares the verdict, the number of guests and the traces', async () => {
    const [answer] = await engineNode({ tier: 'interpreter' }).run(LINKS, [opCall(BOOK)]);
    if (answer?.kind !== 'validation') return assert.fail('no validation');
    const [call] = answer.calls;
    const others: readonly (readonly [string, NodeAnswer])[] = [
      ['verdict', { ...answer, verdict: 'Invalid: no' }],
      ['calls', { ...answer, calls: [call!, call!] }],
      ['calls[0].traces', { ...answer, calls: [{ ...call!, traces: ['INFO x'] }] }],
      ['calls[0].zome', { ...answer, calls: [{ ...call!, zome: 'other' }] }],
    ];
    for (const [field, other] of others) assert.equal(compareAnswers(answer, other)?.field, field);
    return undefined;
  });

  it('fails on a trap, with the smallest op', async () => {
    const guest = `(module ${ALLOCATOR} (func (export "validate") (param i32 i32) (result i64) unreachable))`;
    const zomes = { zomes: [{ name: 'trap', wasm: wasmOf(guest) }] };
    const report = await zomeAgreement(zomes, {
      ops: hostileOp([BOOK], { generation: '0.6' }),
      runs: 3,
      nodes: NODES,
      seed: 1,
    });
    assert.match(failureOf(report, 'no-trap')!, /trap: trapped unreachable/);
    assert.isFalse(report.ok);
  });
});

describe('a property that checked nothing', () => {
  const noZome = fc.constant(encodeBytes(op('0.6'), samples({ generation: '0.6', zomeIndex: 7 }).ops[1]!.op));

  it('does not pass: no zome ran', async () => {
    const report = await zomeAgreement(LINKS, { ops: noZome, runs: 3, nodes: NODES, fuelMax: 10 });
    assert.deepEqual(
      report.properties.map(({ name, failure }) => [name, failure]),
      [
        ['agreement', 'nothing ran in two nodes'],
        ['determinism', 'nothing ran'],
        ['no-trap', 'nothing ran'],
        ['fuel-bound', 'nothing ran'],
      ],
    );
    assert.isFalse(report.ok);
    assert.match(reportLines(report).join('\n'), /FAILED {2}determinism: nothing ran/);
  });

  it('does not pass: no run, a single node, a module that cannot be linked', async () => {
    const none = await zomeAgreement(LINKS, { ops: fc.constant(BOOK), runs: 0, nodes: NODES });
    assert.equal(failureOf(none, 'determinism'), 'nothing ran: there are no calls');
    const one = await zomeAgreement(LINKS, { ops: fc.constant(BOOK), runs: 1, nodes: ['interpreter'] });
    assert.equal(failureOf(one, 'agreement'), 'a single node: there is nothing to compare');
    assert.isUndefined(failureOf(one, 'determinism'));
    const unlinked = await agreement(LINKS.zomes[0]!.wasm, { inputs: fc.constant(BOOK), runs: 2, nodes: NODES });
    assert.match(failureOf(unlinked, 'agreement')!, /has no receipt/);
    assert.equal(failureOf(unlinked, 'determinism'), 'nothing ran');
    assert.isFalse(one.ok || none.ok || unlinked.ok);
  });

  it('does not pass: a node whose tier never ran', async () => {
    const interpreter = engineNode({ tier: 'interpreter' });
    const node: AgreementNode = { ...lying(interpreter, (answer) => answer), name: 'so-called', tier: 'instrumented' };
    const report = await zomeAgreement(LINKS, { ops: fc.constant(BOOK), runs: 1, nodes: [interpreter, node] });
    assert.equal(failureOf(report, 'agreement'), 'so-called ran nothing in the tier instrumented, all in interpreter');
    assert.equal(parseNode('worker@interpreter').tier, 'interpreter');
    assert.equal(parseNode('instrumented+warm+shuffled').tier, 'instrumented');
  });
});

describe('hostile ops', () => {
  it('are all ops, mostly changed, and deterministic for a seed', () => {
    const ops = hostileOp(OPS, { generation: '0.6' });
    const make = (seed: number) =>
      fc.sample(ops, { seed, numRuns: 500 }).map((bytes) => Buffer.from(bytes).toString('hex'));
    const made = make(5);
    for (const hex of made) assert.isTrue(decodeBytes(op('0.6'), Uint8Array.from(Buffer.from(hex, 'hex'))).ok);
    assert.isAbove(new Set(made).size, 300);
    assert.deepEqual(make(5), made);
    assert.notDeepEqual(make(6), made);
  });

  it('need a seed op of the generation', () => {
    assert.throws(() => hostileOp([], { generation: '0.6' }), RangeError, 'the list of ops is empty');
    assert.throws(() => hostileOp([BOOK, Uint8Array.of(0xc0)], { generation: '0.6' }), RangeError, 'op 1 is not an op');
  });
});

describeZomeAgreement('the check of zomes as tests', () => LINKS, {
  ops: hostileOp([BOOK], { generation: '0.6' }),
  examples: [BOOK],
  nodes: NODES,
  runs: 5,
  noTrap: false,
  ownOp: ({ calls }) => (calls.length > 1 ? 'there is one zome' : undefined),
});
