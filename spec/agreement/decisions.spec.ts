/**
 * Every decision must be able to fail: each field in which results may differ, each node of several, each property of a
 * check with a bound met and missed by one, and tests that are declared for a module that fails.
 */
import { assert } from 'chai';
import fc from 'fast-check';
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import type { AgreementCase } from '../../src/agreement/agreement-case.js';
import {
  AgreementCheck,
  type CheckOptions,
  type CheckReport,
  type PropertyName,
  propertiesOf,
} from '../../src/agreement/agreement-check.js';
import { assertAgreement, DisagreementError } from '../../src/agreement/assert-agreement.js';
import { checkInputs, reportOf } from '../../src/agreement/check-inputs.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import { describeAgreement, describeZomeAgreement } from '../../src/agreement/describe-agreement.js';
import { askNodes, differOnLast } from '../../src/agreement/find-disagreement.js';
import { fuelOf, type NodeAnswer, type ReceiptAnswer, receiptsOf, tierless } from '../../src/agreement/node-answer.js';
import { ANSWER, answer, CALL, callAt, fakeNode, RECEIPT, SUBJECT, used, VALIDATION } from './fake-node.js';

const { fuel } = RECEIPT;
const parts = (changes: Partial<typeof fuel.parts>) =>
  answer({ fuel: { ...fuel, parts: { ...fuel.parts, ...changes } } });

/** Every field in which two receipts may differ, and both texts of the difference. */
const FIELDS: readonly (readonly [field: string, other: ReceiptAnswer, left: string, right: string])[] = [
  ['receipt.profile', answer({ profile: 'other' }), RECEIPT.profile, 'other'],
  ['receipt.schedule', answer({ schedule: 'other' }), RECEIPT.schedule, 'other'],
  ['receipt.limits', answer({ limits: 'other' }), RECEIPT.limits, 'other'],
  ['receipt.hosts', answer({ hosts: 'other' }), RECEIPT.hosts, 'other'],
  ['receipt.module', answer({ module: 'other' }), RECEIPT.module, 'other'],
  ['receipt.export', answer({ export: 'other' }), 'f', 'other'],
  ['receipt.input', answer({ input: 'other' }), RECEIPT.input, 'other'],
  ['receipt.fuel.limit', answer({ fuel: { ...fuel, limit: 101 } }), '100', '101'],
  ['receipt.outcome.kind', answer({ outcome: { kind: 'short-circuited' } }), 'returned', 'short-circuited'],
  ['values', answer({}, { values: ['i32:0x00000001'] }), 'i32:0x00000001 i32:0x00000002', 'i32:0x00000001'],
  ['receipt.output', answer({ output: 'other' }), RECEIPT.output, 'other'],
  ['receipt.fuel.used', used(11), '10', '11'],
  ['receipt.fuel.parts.instantiate', parts({ instantiate: 0 }), '1', '0'],
  ['receipt.fuel.parts.guest', parts({ guest: 0 }), '2', '0'],
  ['receipt.fuel.parts.host', parts({ host: 0 }), '3', '0'],
  ['receipt.fuel.parts.boundary', parts({ boundary: 0 }), '4', '0'],
  ['receipt.pages', answer({ pages: 0 }), '1', '0'],
  ['receipt.hostCalls', answer({ hostCalls: 'other' }), RECEIPT.hostCalls, 'other'],
  ['receipt.hash', answer({ hash: 'other' }), RECEIPT.hash, 'other'],
  ['stateDigest', answer({}, { stateDigest: 'other' }), String(ANSWER.stateDigest), 'other'],
];

const trapped = (code: string) => answer({ outcome: { kind: 'trapped', code } });
const exhausted = (resource: string) => answer({ outcome: { kind: 'exhausted', resource } });
const fault = (changes: Record<string, unknown>): NodeAnswer => ({
  kind: 'fault',
  fault: { kind: 'malformed', code: 'bad-magic', offset: 4, ...changes },
});
const failure = (message: string): NodeAnswer => ({ kind: 'failure', message });
const usage = (code: string): NodeAnswer => ({ kind: 'usage', code });

describe('two answers', () => {
  for (const [field, other, left, right] of FIELDS) {
    it(`differ in ${field}`, () => {
      assert.deepEqual(compareAnswers(ANSWER, other), { field, left, right });
      assert.deepEqual(compareAnswers(other, ANSWER), { field, left: right, right: left });
      const later = { ...VALIDATION, calls: [VALIDATION.calls[0]!, { ...VALIDATION.calls[1]!, ...other }] };
      assert.deepEqual(compareAnswers(VALIDATION, later), { field: `calls[1].${field}`, left, right });
    });
  }

  const verdictOf = (verdict: string | null) => answer({}, { verdict });
  const PAIRS: readonly (readonly [field: string, left: NodeAnswer, right: NodeAnswer, texts: readonly string[]])[] = [
    ['receipt.outcome.code', trapped('unreachable'), trapped('other'), ['unreachable', 'other']],
    ['receipt.outcome.code', exhausted('fuel'), exhausted('stack'), ['fuel', 'stack']],
    ['verdict', verdictOf('Valid'), verdictOf('Invalid: x'), ['Valid', 'Invalid: x']],
    ['fault.code', fault({}), fault({ code: 'other' }), ['bad-magic', 'other']],
    ['fault.kind', fault({}), fault({ kind: 'invalid' }), ['malformed', 'invalid']],
    ['fault.offset', fault({}), fault({ offset: 5 }), ['4', '5']],
    ['usage.code', usage('a'), usage('b'), ['a', 'b']],
    ['answer', fault({}), usage('a'), ['fault: bad-magic', 'usage']],
    ['answer', failure('no memory'), ANSWER, ['failure: no memory', 'receipt']],
    ['answer', VALIDATION, ANSWER, ['validation', 'receipt']],
    ['calls', VALIDATION, { ...VALIDATION, calls: VALIDATION.calls.slice(0, 1) }, ['2', '1']],
    ['verdict', VALIDATION, { ...VALIDATION, verdict: 'Invalid: x' }, ['Valid', 'Invalid: x']],
  ];
  for (const [field, left, right, [ofLeft, ofRight]] of PAIRS) {
    it(`differ in ${field}: ${ofLeft}, ${ofRight}`, () => {
      assert.deepEqual(compareAnswers(left, right), { field, left: ofLeft!, right: ofRight! });
    });
  }

  it('of zomes differ in the zome, its traces and their order', () => {
    const [one, two] = VALIDATION.calls;
    const changed = (changes: Record<string, unknown>) => ({ ...VALIDATION, calls: [{ ...one!, ...changes }, two!] });
    const field = (changes: Record<string, unknown>) => compareAnswers(VALIDATION, changed(changes))?.field;
    assert.equal(field({ zome: 'other' }), 'calls[0].zome');
    assert.equal(field({ traces: ['WARN b', 'INFO a'] }), 'calls[0].traces');
    assert.equal(field({ traces: [] }), 'calls[0].traces');
    assert.isUndefined(field({}));
  });

  it('agree where one lacks a field, has no opinion, or both fail', () => {
    const silent = answer({}, { stateDigest: null, values: null, verdict: null });
    const pairs: readonly (readonly [NodeAnswer, NodeAnswer])[] = [
      [ANSWER, silent],
      [silent, { ...ANSWER, verdict: 'Valid' }],
      [ANSWER, { kind: 'none' }],
      [{ kind: 'none' }, failure('a')],
      [failure('a'), failure('b')],
      [ANSWER, { ...ANSWER, tier: 'instrumented' }],
      [fault({}), fault({})],
    ];
    for (const [left, right] of pairs) {
      assert.isUndefined(compareAnswers(left, right));
      assert.isUndefined(compareAnswers(right, left));
    }
  });

  it('are the same without their tiers, including those of their guests', () => {
    assert.notProperty(tierless(ANSWER), 'tier');
    for (const call of tierless(VALIDATION).calls) assert.notProperty(call, 'tier');
    assert.deepEqual({ ...tierless(ANSWER), tier: 'interpreter' }, ANSWER);
    assert.deepEqual(tierless(failure('x')), failure('x'));
  });

  it('have the receipts and the total fuel of all their guests', () => {
    assert.deepEqual(receiptsOf(ANSWER), [ANSWER]);
    assert.deepEqual(receiptsOf(VALIDATION), VALIDATION.calls);
    assert.deepEqual(receiptsOf(usage('x')), []);
    assert.deepEqual([ANSWER, VALIDATION, usage('x')].map(fuelOf), [10, 20, 0]);
  });
});

const same = () => ANSWER;
const none = (): NodeAnswer => ({ kind: 'none' });
const calls = [callAt(0), callAt(1), callAt(2)];

describe('nodes that receive the same calls', () => {
  for (const [count, at] of [
    [2, 1],
    [3, 1],
    [3, 2],
    [7, 6],
  ] as const) {
    for (const call of [0, 1, 2]) {
      it(`differ if node ${at} of ${count} differs, on call ${call}`, async () => {
        const nodes = Array.from({ length: count }, (_, node) =>
          fakeNode(`n${node}`, (_, position) => (node === at && position === call ? used(11) : ANSWER)),
        );
        const { disagreement, answers } = await askNodes(nodes, SUBJECT, calls);
        assert.deepEqual(
          [disagreement!.left.name, disagreement!.right.name, disagreement!.call, disagreement!.difference.field],
          ['n0', `n${at}`, call, 'receipt.fuel.used'],
        );
        assert.lengthOf(answers, count);
        assert.equal(fuelOf(answers[at]![call]!), 11);
      });
    }
  }

  it('are compared with the first that has an opinion, and pairwise where the first lacks a field', async () => {
    const silent = () => answer({}, { stateDigest: null });
    const other = () => answer({}, { stateDigest: 'other' });
    const nodes = [fakeNode('golden', none), fakeNode('silent', silent), fakeNode('a', same), fakeNode('b', other)];
    const { disagreement } = await askNodes(nodes, SUBJECT, calls);
    assert.deepEqual([disagreement?.left.name, disagreement?.right.name, disagreement?.call], ['a', 'b', 0]);
    const { disagreement: without } = await askNodes(nodes.slice(0, 3), SUBJECT, calls);
    assert.isUndefined(without);
    const { disagreement: undecided } = await askNodes([nodes[0]!, fakeNode('none', none)], SUBJECT, calls);
    assert.isUndefined(undecided);
  });

  it('are compared on the last call only', async () => {
    const atLast = fakeNode('x', (_, at) => (at === 2 ? used(11) : ANSWER));
    const before = fakeNode('y', (_, at) => (at < 2 ? used(11) : ANSWER));
    const plain = fakeNode('z', same);
    assert.equal((await differOnLast(plain, atLast, SUBJECT, calls))?.field, 'receipt.fuel.used');
    assert.isUndefined(await differOnLast(plain, before, SUBJECT, calls));
  });
});

type Give = Parameters<typeof fakeNode>[1];

/** The failures of a check of three calls by the name of the property, and the message of `check`. */
async function failuresOf(gives: readonly Give[], options: CheckOptions = {}, asked: readonly AgreementCall[] = calls) {
  const nodes = gives.map((give, at) => fakeNode(`n${at}`, give));
  const check = new AgreementCheck(nodes, SUBJECT, options, false);
  const found = await check.check(asked);
  const report = await check.report();
  const failed = report.properties.filter((property) => property.failure !== undefined);
  return { found, report, failed: Object.fromEntries(failed.map((one) => [one.name, one.failure])) };
}

const LINE = 'f on 1 bytes fuel 100';

describe('the check of calls', () => {
  it('passes and counts calls that satisfy every property', async () => {
    const { found, report, failed } = await failuresOf([same, same], { fuelMax: 10, own: () => undefined });
    assert.deepEqual(failed, {});
    assert.isUndefined(found);
    assert.isTrue(report.ok);
    assert.deepEqual(
      report.properties.map(({ name, checked }) => [name, checked]),
      [
        ['agreement', 3],
        ['determinism', 3],
        ['no-trap', 3],
        ['fuel-bound', 3],
        ['own', 3],
      ],
    );
    assert.deepEqual(report.outcomes, { returned: 3 });
    assert.deepEqual(report.worst, { fuel: 10, call: callAt(0) });
    const ran = { answers: 6, tiers: { interpreter: 6 } };
    assert.deepEqual(report.nodes, [
      { name: 'n0', runtime: 'runtime of n0', ...ran },
      { name: 'n1', runtime: 'runtime of n1', ...ran },
    ]);
  });

  it('fails when a call exceeds the fuel bound by one unit', async () => {
    assert.deepEqual((await failuresOf([same, same], { fuelMax: 10 })).failed, {});
    const { failed, found, report } = await failuresOf([same, same], { fuelMax: 9 });
    assert.deepEqual(failed, { 'fuel-bound': `${LINE} used 10, the bound is 9; input 00` });
    assert.equal(found, failed['fuel-bound']);
    assert.isFalse(report.ok);
    const whole: Give = () => VALIDATION;
    assert.property((await failuresOf([whole, whole], { fuelMax: 19 })).failed, 'fuel-bound');
    assert.notProperty((await failuresOf([whole, whole], { fuelMax: 20 })).failed, 'fuel-bound');
  });

  it('cannot confirm a fuel bound with a call that was exhausted below it', async () => {
    const cut: Give = () => answer({ outcome: { kind: 'exhausted', resource: 'fuel' } });
    const { failed } = await failuresOf([cut, cut], { fuelMax: 1_000, noTrap: false });
    assert.match(failed['fuel-bound']!, /was ended by its fuel limit of 100, below the bound of 1000: give calls more/);
    const deep: Give = () => answer({ outcome: { kind: 'exhausted', resource: 'stack' } });
    assert.deepEqual((await failuresOf([deep, deep], { fuelMax: 1_000, noTrap: false })).failed, {});
  });

  const ENDS: readonly (readonly [NodeAnswer, boolean])[] = [
    [answer({ outcome: { kind: 'returned' } }), true],
    [answer({ outcome: { kind: 'short-circuited' } }), true],
    [trapped('unreachable'), false],
    [exhausted('fuel'), false],
    [answer({ outcome: { kind: 'breached', code: 'output-out-of-bounds' } }), false],
    [{ ...VALIDATION, calls: [VALIDATION.calls[0]!, { ...VALIDATION.calls[1]!, ...trapped('x') }] }, false],
  ];
  for (const [end, passes] of ENDS) {
    const name = end.kind === 'receipt' ? end.receipt.outcome.kind : 'a second guest that traps';
    it(`${passes ? 'passes' : 'fails'} no-trap on: ${name}`, async () => {
      const give: Give = (_, at) => (at % 3 === 1 ? end : ANSWER);
      assert.equal(Object.hasOwn((await failuresOf([give, give])).failed, 'no-trap'), !passes);
      assert.notProperty((await failuresOf([give, give], { noTrap: false })).failed, 'no-trap');
    });
  }

  it('distinguishes a node that differs from others from one that differs from itself', async () => {
    const wrong: Give = (_, at) => (at % 3 === 1 ? used(11) : ANSWER);
    const differs = await failuresOf([same, same, wrong]);
    const text = 'n0 and n2 differ in receipt.fuel.used on f on 1 bytes fuel 100';
    assert.deepEqual(differs.failed, { agreement: text });
    assert.equal(differs.found, text);

    const second: Give = (_, at) => (at === 4 ? used(11) : ANSWER);
    const unsteady = await failuresOf([same, second]);
    assert.deepEqual(unsteady.failed, { determinism: 'n1 differs from itself on f on 1 bytes fuel 100' });
    assert.isFalse(unsteady.report.ok);
    // They all vary in the same way: they agree with each other, and none with itself.
    const together = await failuresOf([second, second]);
    assert.deepEqual(together.failed, { determinism: 'n0 differs from itself on f on 1 bytes fuel 100' });
    assert.equal(together.found, together.failed['determinism']);
  });

  it('fails on a call without a receipt, whichever node reports it first', async () => {
    const cannot: Give = (_, at) => (at % 3 === 2 ? usage('no-such-export') : ANSWER);
    const { failed, report } = await failuresOf([none, cannot, cannot]);
    assert.equal(failed['agreement'], `${LINE} has no receipt: cannot be called: no-such-export`);
    assert.deepEqual(report.outcomes, { returned: 2, usage: 1 });
    const broken = await failuresOf([() => failure('gone'), () => failure('gone')]);
    assert.equal(broken.failed['agreement'], `${LINE} has no receipt: the host failed: gone`);
    assert.equal(broken.failed['no-trap'], 'nothing ran');
  });

  it('does not pass a property that was checked on nothing', async () => {
    const one = await failuresOf([same]);
    assert.deepEqual(one.failed, { agreement: 'a single node: there is nothing to compare' });
    const noCall = await failuresOf([same, same], { fuelMax: 1 }, []);
    const nothing = 'nothing ran: there are no calls';
    assert.deepEqual(noCall.failed, {
      agreement: nothing,
      determinism: nothing,
      'no-trap': nothing,
      'fuel-bound': nothing,
    });
    const alone = await failuresOf([none, same]);
    assert.deepEqual(alone.failed, { agreement: 'nothing ran in two nodes' });
  });

  it('does not pass when a node of one tier ran entirely in another', async () => {
    const node = (tier: ReceiptAnswer['tier']) => fakeNode('n', () => ({ ...ANSWER, tier: tier! }), 'instrumented');
    const asked = async (tiers: readonly (ReceiptAnswer['tier'] | undefined)[]) => {
      const check = new AgreementCheck(tiers.map(node), SUBJECT, {}, false);
      await check.check(calls);
      return (await check.report()).properties[0]!.failure;
    };
    assert.isUndefined(await asked(['instrumented', 'instrumented']));
    assert.equal(
      await asked(['instrumented', 'interpreter']),
      'n ran nothing in the tier instrumented, all in interpreter',
    );
    const auto = fakeNode('a', same, 'auto');
    const check = new AgreementCheck([auto, auto], SUBJECT, {}, false);
    await check.check(calls);
    assert.isTrue((await check.report()).ok);
  });

  it('applies a user property to every receipt, and the zome property to every op', async () => {
    const seen: unknown[] = [];
    const own = (one: ReceiptAnswer, call: AgreementCall) => {
      seen.push(call);
      return one.receipt.fuel.used > 5 ? 'too expensive' : undefined;
    };
    const { failed } = await failuresOf([same, same], { own });
    assert.deepEqual(failed, { own: `${LINE}: too expensive; input 00` });
    assert.deepEqual(seen, calls);
    const ofOps = await failuresOf([() => VALIDATION, () => VALIDATION], { own, ownOp: () => 'no' });
    assert.equal(ofOps.failed['own'], `${LINE}: no; input 00`);
    assert.deepEqual((await failuresOf([() => VALIDATION, () => VALIDATION], { own })).failed, { own: 'nothing ran' });
  });

  it('keeps the first failure, the most expensive call, and what was noted', async () => {
    const check = new AgreementCheck([fakeNode('a', same), fakeNode('b', same)], SUBJECT, { fuelMax: 20 }, false);
    await check.check([callAt(1)]);
    check.keepWorst({ fuel: 10, call: callAt(2) });
    assert.deepEqual((await check.report()).worst, { fuel: 10, call: callAt(1) });
    check.keepWorst({ fuel: 11, call: callAt(3) });
    check.note('fuel-bound', 4, 'first');
    check.note('fuel-bound', 5, 'second');
    check.note('no-unresolved-loop', 0, undefined);
    const report = await check.report();
    assert.deepEqual(report.worst, { fuel: 11, call: callAt(3) });
    const byName = new Map(report.properties.map((property) => [property.name, property]));
    assert.deepEqual(byName.get('fuel-bound'), { name: 'fuel-bound', checked: 10, failure: 'first' });
    assert.equal(byName.get('no-unresolved-loop')!.failure, 'nothing ran');
    assert.equal(check.calls, 1);
  });

  it('shows at most 200 digits of an input, and counts verdicts by kind', async () => {
    const long = { kind: 'bytes', export: 'f', payload: 'ab'.repeat(101), fuel: 1 } as const;
    const edge = { ...long, payload: 'ab'.repeat(100) };
    const shown = async (call: AgreementCall) => (await failuresOf([same, same], { fuelMax: 1 }, [call])).failed;
    assert.match((await shown(edge))['fuel-bound']!, /; input (ab){100}$/);
    assert.match((await shown(long))['fuel-bound']!, /; input (ab){100}…$/);
    assert.notMatch((await shown(CALL))['fuel-bound']!, /input/);
    const verdicts = ['Valid', 'Invalid: no', 'no verdict: trapped'];
    const give: Give = (_, at) => ({ ...VALIDATION, verdict: verdicts[at % 3]! });
    const { report } = await failuresOf([give, give]);
    assert.deepEqual(report.verdicts, { Valid: 1, Invalid: 1, 'no verdict': 1 });
  });

  it('checks the requested properties in this order', () => {
    const all: readonly PropertyName[] = ['agreement', 'determinism', 'no-trap', 'fuel-bound', 'own'];
    assert.deepEqual(propertiesOf({ fuelMax: 0, ownOp: () => undefined }), all);
    assert.deepEqual(propertiesOf({ own: () => undefined, noTrap: false }), ['agreement', 'determinism', 'own']);
    assert.deepEqual(propertiesOf({ noTrap: true }), all.slice(0, 3));
  });
});

describe('the check of inputs from an arbitrary', () => {
  const input = fc.nat(200);
  const callOn = (value: number) => callAt(value);
  const expensive: Give = (call) =>
    call.kind === 'bytes' && Number.parseInt(call.payload, 16) >= 50 ? used(11) : ANSWER;

  it('runs in batches of 32, reports progress, and keeps the last 64 calls', async () => {
    const node = fakeNode('a', same);
    const reported: number[] = [];
    const options = { runs: 70, seed: 3, onRun: (done: number) => reported.push(done) };
    const made = await checkInputs([node, fakeNode('b', same)], SUBJECT, input, callOn, options, [7, 8]);
    assert.deepEqual(reported, [32, 64, 70]);
    assert.deepEqual(
      node.asked.map(({ length }) => length),
      [64, 64, 12],
    );
    assert.deepEqual(node.asked[0]!.slice(0, 2), [callAt(7), callAt(8)]);
    assert.lengthOf(made.calls, 64);
    assert.deepEqual(made.calls.at(-1), node.asked[2]!.at(-1));
    assert.equal(made.seed, 3);
    assert.isUndefined(made.small);
    assert.isTrue((await reportOf(made)).ok);
  });

  it('shows the smallest input that fails', async () => {
    const nodes = [fakeNode('a', expensive), fakeNode('b', expensive)];
    const made = await checkInputs(nodes, SUBJECT, input, callOn, { runs: 100, seed: 1, fuelMax: 10 });
    const report = await reportOf(made);
    const bound = report.properties.find(({ name }) => name === 'fuel-bound');
    assert.equal(bound!.failure, `${LINE} used 11, the bound is 10; input 32`);
    assert.isFalse(report.ok);
    assert.equal(report.seed, 1);
    assert.isUndefined(report.properties.find(({ name }) => name === 'no-trap')!.failure);
  });

  it('fails in the last batch, on an example, and on the only input', async () => {
    for (const runs of [1, 33, 64]) {
      let count = 0;
      const nodes = ['a', 'b'].map((name) => fakeNode(name, expensive));
      const last = (value: number) => callAt(++count === runs ? 200 : value % 50);
      const made = await checkInputs(nodes, SUBJECT, input, last, { runs, seed: 1, fuelMax: 10 });
      assert.isFalse((await reportOf(made)).ok, `${runs}`);
    }
    const nodes = ['a', 'b'].map((name) => fakeNode(name, expensive));
    const made = await checkInputs(nodes, SUBJECT, fc.constant(1), callOn, { runs: 5, fuelMax: 10 }, [60]);
    assert.match(
      (await reportOf(made)).properties.find(({ name }) => name === 'fuel-bound')!.failure!,
      /input 32$|input 3c$/,
    );
  });

  it('rethrows an error of the arbitrary', async () => {
    const broken = input.map(() => {
      throw new Error('no input');
    });
    const error: unknown = await checkInputs([fakeNode('a', same)], SUBJECT, broken, callOn, { runs: 3 }).catch(
      (reason: unknown) => reason,
    );
    assert.match(String(error), /no input/);
  });
});

describe('assertAgreement', () => {
  const one = (fuelPoints: readonly number[] = []): AgreementCase => ({
    module: SUBJECT,
    calls: [callAt(0), callAt(1)],
    fuelPoints,
  });
  const wrongAt =
    (limit: number): Give =>
    (call) =>
      call.fuel === limit ? used(11) : ANSWER;

  it('passes, and counts cases and calls', async () => {
    const node = fakeNode('a', same);
    const reported: number[] = [];
    const tally = await assertAgreement([node, fakeNode('b', same)], one([0, 512, 1_023]), {
      onCase: ({ cases }) => reported.push(cases),
    });
    assert.deepEqual([tally.cases, tally.calls, [...tally.outcomes]], [1, 4 + 2 * 4, [['returned', 12]]]);
    assert.deepEqual(reported, [1]);
    // Twice at full fuel; then each call after it was cut short at the points, which are fractions of the fuel it used.
    assert.deepEqual(
      node.asked.map((batch) => batch.map((call) => call.fuel)),
      [
        [100, 100, 100, 100],
        [0, 5, 9, 100, 0, 5, 9, 100],
      ],
    );
  });

  it('throws for a third node that differs, even if only with less fuel', async () => {
    for (const [limit, points] of [
      [100, []],
      [9, [1_023]],
      [5, [512]],
      [0, [0]],
    ] as const) {
      const nodes = [fakeNode('a', same), fakeNode('b', same), fakeNode('c', wrongAt(limit))];
      const error: unknown = await assertAgreement(nodes, one(points), { seed: 5 }).then(
        () => 'agreed',
        (reason: unknown) => reason,
      );
      if (!(error instanceof DisagreementError)) throw new Error(`at ${limit}: ${String(error)}`);
      assert.match(
        error.message,
        /^a and c differ in receipt\.fuel\.used\n {2}a: 10\n {2}c: 11\non the call f on 0 bytes/,
      );
      assert.match(error.message, /\nseed 5, path 0/);
      assert.isUndefined(error.file);
      assert.equal(error.name, 'DisagreementError');
    }
  });

  it('cuts calls short where the first node has no result, and does not where no guest ran', async () => {
    const none = fakeNode('none', () => ({ kind: 'none' }));
    const nodes = [none, fakeNode('a', same), fakeNode('b', wrongAt(5))];
    const error: unknown = await assertAgreement(nodes, one([512])).catch((why: unknown) => why);
    assert.match(String(error), /a and b differ in receipt\.fuel\.used/);
    const fault: Give = () => ({ kind: 'fault', fault: { kind: 'malformed', code: 'bad-magic', offset: 0 } });
    const faulty = fakeNode('a', fault);
    const tally = await assertAgreement([faulty, fakeNode('b', fault)], one([0, 512]));
    assert.deepEqual([tally.cases, tally.calls, faulty.asked.length], [1, 4, 1]);
  });

  it('rethrows an error of an arbitrary unchanged', async () => {
    const broken = fc.constant(one()).map((): AgreementCase => {
      throw new RangeError('no case');
    });
    const dead: Give = () => ({ kind: 'failure', message: 'the thread ended' });
    const none: unknown = await assertAgreement([fakeNode('a', dead), fakeNode('b', dead)], one([])).catch(
      (why) => why,
    );
    assert.match(String(none), /no node has run the call: all 2 failed, a with: the thread ended/);
    const error: unknown = await assertAgreement([fakeNode('a', same)], broken, { runs: 2 }).catch((reason) => reason);
    assert.match(String(error), /no case/);
  });
});

/** Declares tests on a separate runner and runs them: the failures by title. */
async function declared(
  declare: () => void,
): Promise<{ titles: string[]; failures: Record<string, string>; milliseconds: number }> {
  const own = { describe: globalThis.describe, before: globalThis.before, it: globalThis.it };
  const titles: string[] = [];
  const tests: (readonly [string, () => void])[] = [];
  let milliseconds = 0;
  let begin: (() => Promise<void>) | undefined;
  const context = {
    timeout: (value: number) => {
      milliseconds = value;
    },
  };
  const runner = {
    describe: (title: string, body: () => void) => {
      titles.push(title);
      body();
    },
    before: (body: () => Promise<void>) => {
      begin = () => body.call(context);
    },
    it: (title: string, body: () => void) => tests.push([title, body]),
  };
  Object.assign(globalThis, runner);
  try {
    declare();
  } finally {
    Object.assign(globalThis, own);
  }
  await begin?.();
  const failures: Record<string, string> = {};
  for (const [title, body] of tests) {
    titles.push(title);
    try {
      body();
    } catch (error) {
      failures[title] = (error as Error).message;
    }
  }
  return { titles, failures, milliseconds };
}

describe('declared tests', () => {
  const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const inputs = fc.constant<readonly []>([]);
  const options = { inputs, export: 'f', runs: 2, seed: 1 };

  it('pass one by one when the module satisfies its properties', async () => {
    const nodes = [fakeNode('a', same), fakeNode('b', same)];
    const ran = await declared(() => describeAgreement('m', () => EMPTY, { ...options, nodes, fuelMax: 10 }));
    assert.deepEqual(ran.titles, ['m', 'agreement', 'determinism', 'no-trap', 'fuel-bound']);
    assert.deepEqual(ran.failures, {});
    assert.equal(ran.milliseconds, 120_000);
  });

  it('fail one by one, with the report', async () => {
    const give: Give = () => trapped('unreachable');
    const nodes = [fakeNode('a', give), fakeNode('b', give), fakeNode('c', () => used(3))];
    const ran = await declared(() =>
      describeAgreement('m', () => EMPTY, { ...options, nodes, fuelMax: 9, timeoutMilliseconds: 7 }),
    );
    assert.hasAllKeys(ran.failures, ['agreement', 'no-trap', 'fuel-bound']);
    assert.match(ran.failures['no-trap']!, /trapped unreachable[\s\S]*\nFAILED {2}no-trap: /);
    assert.equal(ran.milliseconds, 7);
  });

  it('fail when nothing ran, and when a property was not checked', async () => {
    const nodes = [fakeNode('a', same), fakeNode('b', same)];
    const ran = await declared(() => describeAgreement('m', () => EMPTY, { ...options, nodes, runs: 0 }));
    assert.hasAllKeys(ran.failures, ['agreement', 'determinism', 'no-trap']);
    const resolve = () => undefined;
    const loops = await declared(() => describeAgreement('m', () => EMPTY, { ...options, nodes, resolve }));
    assert.deepEqual(loops.titles.at(-1), 'no-unresolved-loop');
    assert.match(loops.failures['no-unresolved-loop']!, /^nothing ran/);
  });

  it('fail for zomes too', async () => {
    const op = Uint8Array.of(0x80);
    const zomes = () => ({ zomes: [], generation: '0.6' as const });
    const give: Give = () => ({ ...VALIDATION, calls: [{ ...VALIDATION.calls[0]!, ...trapped('x') }] });
    const nodes = [fakeNode('a', give), fakeNode('b', give)];
    const ran = await declared(() => describeZomeAgreement('z', zomes, { ops: fc.constant(op), runs: 1, nodes }));
    assert.deepEqual(ran.titles, ['z', 'agreement', 'determinism', 'no-trap']);
    assert.hasAllKeys(ran.failures, ['no-trap']);
  });
});

/** Ensures that no field is added to a receipt without being compared. */
it('every field of a receipt is compared', () => {
  const compared = new Set(FIELDS.map(([field]) => field.replace(/^receipt\./, '').split('.')[0]));
  const own: readonly (keyof CheckReport['nodes'][number] | string)[] = Object.keys(RECEIPT).filter(
    (name) => name !== 'format',
  );
  for (const name of own) assert.isTrue(compared.has(name), name);
  for (const name of ['stateDigest', 'values']) assert.isTrue(compared.has(name), name);
});
