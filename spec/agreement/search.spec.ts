/**
 * The searches of the kit on hand-made nodes: they find the edge exactly, keep their bounds, and report if there is
 * none.
 */
import { assert } from 'chai';
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { inputOf, withInput } from '../../src/agreement/agreement-call.js';
import { explainDisagreement, replayLines } from '../../src/agreement/explain-disagreement.js';
import { searchFuel } from '../../src/agreement/fuel-search.js';
import { leastFuel } from '../../src/agreement/least-fuel.js';
import { localisationLines, localise } from '../../src/agreement/localise.js';
import { shrinkCalls } from '../../src/agreement/shrink-calls.js';
import { type Attempt, findUnresolvedLoop, type Resolve } from '../../src/agreement/unresolved-loop.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import { ANSWER, CALL, callAt, fakeNode, SUBJECT, used } from './fake-node.js';

const plain = fakeNode('plain', () => ANSWER);
const bytesCall = (payload: string, fuel = 100): AgreementCall => ({ kind: 'bytes', export: 'f', payload, fuel });

describe('the least fuel at which nodes differ', () => {
  const from = (least: number) => fakeNode('from', ({ fuel }) => (fuel >= least ? used(11) : ANSWER));

  for (const least of [0, 1, 2, 3, 50, 99, 100]) {
    it(`is ${least}`, async () => assert.equal(await leastFuel(plain, from(least), SUBJECT, [callAt(0), CALL]), least));
  }

  it('is undefined when they agree at the limit, and leaves earlier calls unchanged', async () => {
    assert.isUndefined(await leastFuel(plain, from(101), SUBJECT, [CALL]));
    const node = from(7);
    assert.equal(await leastFuel(plain, node, SUBJECT, [callAt(0, 55), CALL]), 7);
    for (const [first, last] of node.asked) {
      assert.deepEqual(first, callAt(0, 55));
      assert.deepEqual({ ...last!, fuel: 100 }, CALL);
    }
  });
});

describe('calls on which nodes differ', () => {
  /** Differs on the last call, depending on the calls before it and its own input. */
  const differing = (when: (before: readonly AgreementCall[], last: AgreementCall) => boolean) => {
    const node = fakeNode('differing', () => ANSWER);
    return {
      ...node,
      run: async (_: unknown, calls: readonly AgreementCall[]) =>
        calls.map((call, at) => (at === calls.length - 1 && when(calls.slice(0, -1), call) ? used(11) : ANSWER)),
    };
  };
  const shrunk = (when: Parameters<typeof differing>[0], calls: readonly AgreementCall[]) =>
    shrinkCalls(plain, differing(when), SUBJECT, calls);
  const payloads = (calls: readonly AgreementCall[]) => calls.map(inputOf);

  it('lose the earlier calls that are not needed', async () => {
    const calls = Array.from({ length: 9 }, (_, n) => callAt(n));
    assert.deepEqual(payloads(await shrunk(() => true, calls)), ['']);
    for (const needed of [0, 3, 7]) {
      const kept = await shrunk((before) => before.some((call) => inputOf(call) === `0${needed}`), calls);
      assert.deepEqual(payloads(kept), [`0${needed}`, ''], `${needed}`);
    }
    const two = await shrunk((before) => ['01', '06'].every((one) => payloads(before).includes(one)), calls);
    assert.deepEqual(payloads(two), ['01', '06', '']);
    assert.equal(two.at(-1)!.fuel, 0);
  });

  it('lose the bytes of the last input that are not needed', async () => {
    const has = (part: string) => (_: unknown, last: AgreementCall) => inputOf(last).includes(part);
    assert.deepEqual(payloads(await shrunk(has('ff'), [bytesCall('00112233445566ff778899')])), ['ff']);
    const long = await shrunk((_, last) => inputOf(last).length >= 10, [bytesCall('00112233445566ff778899')]);
    assert.lengthOf(inputOf(long[0]!), 10);
    const op: AgreementCall = { kind: 'op', export: 'validate', op: '0011', fuel: 3 };
    assert.deepEqual(await shrunk(() => true, [op]), [{ ...op, fuel: 0 }]);
  });

  it('have arguments of zero where those suffice', async () => {
    const call: AgreementCall = {
      kind: 'values',
      export: 'f',
      args: ['i32:0x00000007', 'i64:0x00000000000000ff'],
      fuel: 9,
    };
    const [kept] = await shrunk(
      (_, last) => last.kind === 'values' && last.args[1] !== 'i64:0x0000000000000000',
      [call],
    );
    assert.deepEqual(kept, { ...call, args: ['i32:0x00000000', 'i64:0x00000000000000ff'], fuel: 0 });
  });

  it('are kept unchanged, with a note, when they do not differ again', async () => {
    const calls = [callAt(0), callAt(1), callAt(2)];
    assert.deepEqual(await shrunk(() => false, calls), calls);
    const difference = { field: 'x', left: '1', right: '2' };
    const replay = await explainDisagreement({ left: plain, right: plain, call: 1, difference }, SUBJECT, calls);
    assert.deepEqual(replay.calls, calls.slice(0, 2));
    assert.deepEqual(replayLines(replay), [
      'plain and plain differ in x',
      '  plain: 1',
      '  plain: 2',
      'after the call f on 1 bytes fuel 100',
      'on the call f on 1 bytes fuel 100',
      'they did not differ when they ran again',
      ...replay.text,
    ]);
    assert.isUndefined(await localise(plain, plain, SUBJECT, calls));
  });

  it('that differ without any fuel have no place', async () => {
    const place = await localise(
      plain,
      differing(() => true),
      SUBJECT,
      [CALL],
    );
    assert.deepEqual(place, { fuel: 0, functionIndex: undefined, offset: undefined, lines: [] });
    assert.deepEqual(localisationLines(place!, CALL), [
      'they diverge at fuel 0 of f(i32:7) fuel 100, before the first block',
    ]);
  });
});

describe('the search for an expensive input', () => {
  /** Costs the number of bytes 0xff in its input. */
  const costly = async (call: AgreementCall) =>
    inputOf(call)
      .match(/../g)
      ?.filter((byte) => byte === 'ff').length ?? 0;
  const search = (steps: number, bytesMax = 6, seeds = [bytesCall('0001')], seed = 1) =>
    searchFuel(costly, seeds, { bytesMax, steps, seed });

  it('climbs, keeps within its bytes, and is deterministic for a seed', async () => {
    const found = await search(2_000);
    assert.deepEqual(found, { fuel: 6, call: bytesCall('ffffffffffff') });
    assert.deepEqual(await search(60), await search(60));
    for (const seed of [1, 2, 3, 4, 5]) {
      const one = await search(400, 6, [bytesCall('00ff01ff')], seed);
      assert.isAtLeast(one!.fuel, 3, `seed ${seed}`);
      assert.isAtMost(inputOf(one!.call).length, 12);
    }
  });

  it('tries as many inputs as allowed, all within the bound', async () => {
    const asked: string[] = [];
    const counted = async (call: AgreementCall) => asked.push(inputOf(call));
    await searchFuel(counted, [bytesCall('00112233'), bytesCall('0011223344')], { bytesMax: 4, steps: 50, seed: 3 });
    assert.lengthOf(asked, 51, 'one seed is too long');
    for (const input of asked) {
      assert.isAtMost(input.length, 8);
      assert.match(input, /^([0-9a-f]{2})*$/);
    }
    assert.isAbove(new Set(asked).size, 25);
  });

  it('begins with the most expensive seed, and finds nothing without seeds', async () => {
    const best = await search(0, 6, [bytesCall('00'), bytesCall('ffff'), bytesCall('ff')]);
    assert.deepEqual(best, { fuel: 2, call: bytesCall('ffff') });
    assert.isUndefined(await search(9, 6, []));
    assert.isUndefined(await search(9, 1));
    assert.deepEqual((await search(0, 2))?.fuel, 0);
  });
});

describe('a validation with unresolved dependencies', () => {
  const hashes = (...bytes: number[]) => ({
    kind: 'Hashes' as const,
    hashes: bytes.map((byte) => Uint8Array.of(byte)),
  });
  const waiting = (...steps: readonly object[]) => {
    let at = 0;
    const asked: unknown[] = [];
    const validate = (entry: Uint8Array, options: object) => {
      asked.push([...entry, options]);
      const dependencies = steps[Math.min(at++, steps.length - 1)];
      return {
        verdict: dependencies === undefined ? { kind: 'Valid' } : { kind: 'UnresolvedDependencies', dependencies },
      };
    };
    return { module: { validate } as unknown as LoadedModule, asked };
  };
  const goOn: Resolve = (attempt) => ({ ...attempt, entry: Uint8Array.of(attempt.entry[0]! + 1) });
  const first: Attempt = { entry: Uint8Array.of(0) };

  it('has no loop if it makes progress, and has one if it requests the same again', () => {
    const good = waiting(hashes(1), hashes(2), hashes(1, 2), undefined as unknown as object);
    assert.isUndefined(findUnresolvedLoop(good.module, 'v', first, goOn, '0.6'));
    assert.lengthOf(good.asked, 4);
    assert.deepEqual(good.asked[2], [2, { exportName: 'v', generation: '0.6' }]);
    const again = waiting(hashes(2, 1), hashes(3), hashes(1, 2));
    assert.equal(
      findUnresolvedLoop(again.module, 'v', first, goOn, '0.6'),
      'it requested 01 02 again after receiving it',
    );
    const gone = waiting(hashes(1));
    assert.isUndefined(findUnresolvedLoop(gone.module, 'v', first, () => undefined, '0.6'));
    assert.lengthOf(gone.asked, 1);
  });

  it('requests the same activity again when agent, top and conditions are equal', () => {
    const activity = (agent: number, top: number, take = 5) => ({
      kind: 'AgentActivity',
      agent: Uint8Array.of(agent),
      filter: {
        chain_top: Uint8Array.of(top),
        limit_conditions: { kind: 'Take', value: take },
        include_cached_entries: false,
      },
    });
    const loop = (...steps: readonly object[]) => findUnresolvedLoop(waiting(...steps).module, 'v', first, goOn, '0.6');
    assert.equal(
      loop(activity(1, 2), activity(1, 2)),
      'it requested the activity of 01 up to 02 again after receiving it',
    );
    const other = [activity(1, 3), activity(2, 2), activity(1, 2, 6)];
    assert.isUndefined(loop(activity(1, 2), ...other, undefined as unknown as object));
  });

  it('is stopped after 64 attempts if it always requests something new, with the imports of each', () => {
    const imports = [] as const;
    const steps = Array.from({ length: 70 }, (_, n) => hashes(n));
    const endless = waiting(...steps);
    const text = findUnresolvedLoop(endless.module, 'v', { ...first, imports }, goOn, '0.6');
    assert.equal(text, 'it still requests new dependencies after 64 attempts');
    assert.lengthOf(endless.asked, 65);
    assert.deepEqual(endless.asked[0], [0, { exportName: 'v', generation: '0.6', imports }]);
    const last = waiting(...steps.slice(0, 64), undefined as unknown as object);
    assert.isUndefined(findUnresolvedLoop(last.module, 'v', first, goOn, '0.6'));
  });
});

it('the input of a call is read and replaced', () => {
  const calls: readonly (readonly [AgreementCall, string])[] = [
    [CALL, ''],
    [bytesCall('aa'), 'aa'],
    [{ kind: 'validate', export: 'v', entry: 'bb', generation: '0.6', fuel: 1 }, 'bb'],
    [{ kind: 'op', export: 'validate', op: 'cc', fuel: 1 }, 'cc'],
  ];
  for (const [call, input] of calls) {
    assert.equal(inputOf(call), input);
    const changed = withInput(call, 'dd');
    assert.equal(inputOf(changed), call.kind === 'values' ? '' : 'dd');
    assert.equal(changed.kind, call.kind);
  }
});
