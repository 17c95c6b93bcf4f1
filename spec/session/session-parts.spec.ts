/**
 * Parts of sessions by themselves, for properties that no receipt shows: bounds of journals, copies of states, notices,
 * tiers. SEMANTICS 10, 11.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import type { ModulePrograms } from '../../src/engine/load/module-programs.js';
import { HostFailure, i32, type LoadedModule } from '../../src/index.js';
import { RerunNeeded } from '../../src/machine/rerun-needed.js';
import type { ValueCall } from '../../src/session/asked-call.js';
import { changeBytes, SESSION_CHANGES } from '../../src/session/change.js';
import { CallNotice } from '../../src/session/fuel-notice.js';
import { decodeSnapshot, type Session } from '../../src/session/index.js';
import { LINKED_CHANGES } from '../../src/session/linked/linked-change.js';
import { LinkedMachine } from '../../src/session/linked/linked-machine.js';
import { resolvedLink } from '../../src/session/linked/module-link.js';
import { SessionMachine } from '../../src/session/session-machine.js';
import type { SessionModule } from '../../src/session/session-module.js';
import { copyOfMemory, isZero, pagesOf } from '../../src/session/state-copy.js';
import { StepJournal } from '../../src/session/step-journal.js';
import { fastestTier, guardedFor, hurryTiers, inTierOrInterpreter, programIn } from '../../src/session/tiers.js';
import { loadText } from '../engine/load-text.js';
import { mistakeOf } from './mistakes.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

const MIB = 1024 * 1024;

describe('a journal', () => {
  type Step = readonly [payloadBytes: number, fuel: number, answerBytes?: number];
  const journalOf = (isWhole = true) => new StepJournal(SESSION_CHANGES, () => ({}) as SessionMachine, isWhole);
  const call = (payloadBytes: number, answerBytes?: number) => {
    const transcript = answerBytes === undefined ? undefined : { bytes: answerBytes, isWhole: true };
    return { payloadBytes, terms: { transcript } } as unknown as ValueCall;
  };

  /** Each step takes 256 bytes in addition to its own. */
  const LENGTHS: readonly (readonly [steps: readonly Step[], memoryBytes: number, isLong: boolean])[] = [
    [Array<Step>(1024).fill([0, 0]), 0, false],
    [Array<Step>(1025).fill([0, 0]), 0, true],
    [Array<Step>(1025).fill([0, 0]), 1025 * 512, false],
    [Array<Step>(1025).fill([0, 0]), 1025 * 512 - 512, true],
    [[[4 * MIB - 256, 0]], 0, false],
    [[[4 * MIB - 255, 0]], 0, true],
    [[[4 * MIB - 255, 0]], 4 * MIB + 1, false],
    [[[4 * MIB - 356, 0, 100]], 0, false],
    [[[4 * MIB - 356, 0, 101]], 0, true],
    [[[0, 20_000_000]], 0, false],
    [[[0, 20_000_001]], 0, true],
    [[[0, 20_000_001]], 20_000_001, false],
  ];
  for (const [steps, memoryBytes, isLong] of LENGTHS) {
    const [payload, fuel, answers = 0] = steps[0]!;
    it(`of ${steps.length} with ${payload + answers} bytes and ${fuel} fuel: ${isLong}, ${memoryBytes} in memory`, () => {
      const journal = journalOf();
      for (const [bytes, used, answerBytes] of steps) journal.called(call(bytes, answerBytes), used);
      expect(journal.isLong({ memoryBytes })).to.equal(isLong);
      expect(journal.copy().isLong({ memoryBytes })).to.equal(isLong);
      journal.restart({ kept: () => () => ({}) } as unknown as SessionMachine);
      expect(journal.isLong({ memoryBytes })).to.equal(false);
    });
  }

  it('that is not whole is restarted at once', () => {
    expect(journalOf(false).isLong({ memoryBytes: 1e9 })).to.equal(true);
    const journal = journalOf();
    journal.called({ payloadBytes: 0, terms: { transcript: { bytes: 0, isWhole: false } } } as ValueCall, 0);
    expect(journal.copy().isLong({ memoryBytes: 1e9 })).to.equal(true);
    journal.called(call(0), 0);
    expect(journal.isLong({ memoryBytes: 1e9 })).to.equal(true);
  });

  it('counts writes between calls', () => {
    const bytes = new Uint8Array(4 * MIB - 256 - 64);
    expect(changeBytes({ kind: 'growMemory', delta: 1 })).to.equal(64);
    for (const [size, isLong] of [
      [bytes.length, false],
      [bytes.length + 1, true],
    ] as const) {
      const journal = journalOf();
      journal.changed({ kind: 'write', offset: 0, bytes: new Uint8Array(size) });
      expect(journal.isLong({ memoryBytes: 0 })).to.equal(isLong);
    }
    const change = { kind: 'write', offset: 0, bytes: new Uint8Array(9) } as const;
    expect(LINKED_CHANGES.size({ instance: 0, kind: 'plain', change })).to.equal(73);
    expect(LINKED_CHANGES.size({ instance: 0, kind: 'growTable', table: 0, delta: 1, to: undefined })).to.equal(64);
  });
});

describe('a copy of a memory', () => {
  const PAGE = 65_536;

  it('has the pages that are not zero: consecutive ones are one part', () => {
    const whole = new Uint8Array(7 * PAGE);
    for (const page of [1, 2, 3, 5]) whole[page * PAGE + page] = page;
    const parts = [
      { at: 0, bytes: whole },
      { at: 9 * PAGE, bytes: new Uint8Array(PAGE).fill(1) },
      { at: 10 * PAGE, bytes: new Uint8Array(PAGE).fill(2) },
    ];
    const numbers = [1, 2, 3, 5, 9, 10].map((page) => page * PAGE);
    expect(pagesOf({ memory: parts }).map(({ at, bytes }) => [at, bytes.length])).to.deep.equal(
      numbers.map((at) => [at, PAGE]),
    );
    const copies = copyOfMemory({ memory: parts });
    const places = copies.map(({ at, bytes }) => [at / PAGE, bytes.length / PAGE]);
    expect(places).to.deep.equal([
      [1, 3],
      [5, 1],
      [9, 2],
    ]);
    const [first, second, third] = copies;
    expect([0, 1, 2].map((page) => first!.bytes[page * PAGE + page + 1])).to.deep.equal([1, 2, 3]);
    expect([second!.bytes[5], third!.bytes[0], third!.bytes[PAGE]]).to.deep.equal([5, 1, 2]);
    whole.fill(0);
    expect(first!.bytes[1]).to.equal(1);
  });

  it('omits no byte, wherever it is', () => {
    const bytes = new Uint8Array(72);
    for (const from of [0, 4, 1, 2, 3, 6]) {
      const page = bytes.subarray(from, from + 64);
      expect(isZero(page)).to.equal(true);
      for (let at = 0; at < 64; at++) {
        page[at] = 0x80;
        expect(isZero(page), `${from} ${at}`).to.equal(false);
        page[at] = 0;
      }
      // The bytes before and after it belong to others.
      bytes.fill(1);
      page.fill(0);
      expect(isZero(page), `${from}`).to.equal(true);
      bytes.fill(0);
    }
  });
});

describe('a notice', () => {
  it('is given once, for at least one unit, and not for a call without fuel', () => {
    const notified: number[] = [];
    const notice = CallNotice.of({ share: 0.25, notify: (left) => notified.push(left) }, 1003)!;
    notice.give();
    notice.give();
    expect([notice.units, notified]).to.deep.equal([250, [250]]);
    expect(CallNotice.of({ share: 0.001, notify: () => undefined }, 3)!.units).to.equal(1);
    expect(CallNotice.of({ share: 0.5, notify: () => undefined }, 0)).to.equal(undefined);
    expect(CallNotice.of(undefined, 5)).to.equal(undefined);
    expect(mistakeOf(() => CallNotice.of({ share: Number.NaN, notify: () => undefined }, 5))).to.deep.equal([
      'bad-bound',
      'the share of onFuelBelow must be above 0 and below 1, not NaN',
    ]);
  });

  it('that throws reports what, unless that is already a host failure', () => {
    const failed = new HostFailure('of its own');
    const wrong = new TypeError('too expensive');
    for (const [thrown, message, cause] of [
      [failed, 'of its own', undefined],
      [wrong, 'onFuelBelow threw: too expensive', wrong],
      ['a text', 'onFuelBelow threw: a text', 'a text'],
    ] as const) {
      const notice = CallNotice.of(
        {
          share: 0.5,
          notify: () => {
            throw thrown;
          },
        },
        10,
      )!;
      const error = errorOf(() => notice.give()) as Error;
      expect([error instanceof HostFailure, error.message, error.cause]).to.deep.equal([true, message, cause]);
    }
  });

  it('continues where the guest was: the host could finish the call', async () => {
    for (const tier of TIERS) {
      const session = opened(await loadText(GUEST, [nextRow()], { tier }));
      const notified: number[] = [];
      const onFuelBelow = { share: 0.99, notify: (left: number) => notified.push(left) };
      const result = session.call('ask', [i32(3)], { fuel: 1000, onFuelBelow });
      expect([notified, result.tier, session.reruns]).to.deep.equal([[990], tier, 0]);
    }
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('the tiers of a session', () => {
  const interpreter = { tier: 'interpreter' };
  const instrumented = { tier: 'instrumented' };
  const programs = (rest: object): ModulePrograms =>
    ({ reference: () => interpreter, instrumented: undefined, ...rest }) as unknown as ModulePrograms;

  it('are those common to all its modules', () => {
    const [slow, fast] = [programs({}), programs({ instrumented })];
    expect(programIn(slow, 'interpreter')).to.equal(interpreter);
    expect(programIn(fast, 'instrumented')).to.equal(instrumented);
    expect(() => programIn(slow, 'instrumented')).to.throw(/^a module without a program in the tier$/);
    expect([fastestTier([fast, slow]), fastestTier([fast, fast]), fastestTier([])]).to.deep.equal([
      'interpreter',
      'instrumented',
      'instrumented',
    ]);
  });

  it('are made at once for modules that have used up the allowed fuel', () => {
    const hurried: number[] = [];
    const waiting = [5, 0, Infinity].map((fuelAllowed) =>
      programs({ fuelAllowed, hurry: () => hurried.push(fuelAllowed) }),
    );
    hurryTiers(waiting);
    expect(hurried).to.deep.equal([0]);
  });

  it('are the interpreter where the host cannot run the module, and only there', () => {
    const tried: string[] = [];
    const make = (error: Error) => (tier: string) => {
      tried.push(tier);
      if (tier === 'instrumented') throw error;
      return tier;
    };
    expect(inTierOrInterpreter('instrumented', make(new RerunNeeded('no room')))).to.equal('interpreter');
    const between = () => tried.push('between');
    expect(inTierOrInterpreter('instrumented', make(new RerunNeeded('no room')), between)).to.equal('interpreter');
    expect(tried.splice(0)).to.deep.equal(['instrumented', 'interpreter', 'instrumented', 'between', 'interpreter']);
    expect(() => inTierOrInterpreter('instrumented', make(new Error('by intent')))).to.throw('by intent');
    expect(tried).to.deep.equal(['instrumented']);
  });

  it('are recreated after a host failure', () => {
    const renewed: number[] = [];
    const modules = [1, 2].map((number) => programs({ renew: () => renewed.push(number) }));
    const failing = () => {
      throw new RangeError('no room');
    };
    expect(() => guardedFor(modules, failing)).to.throw(HostFailure, 'no room');
    expect(renewed).to.deep.equal([1, 2]);
    expect(guardedFor(modules, () => 7)).to.equal(7);
    expect(renewed).to.deep.equal([1, 2]);
  });
});

for (const tier of TIERS) {
  describe(`a machine of a session, ${tier}`, () => {
    const terms = { fuel: 100_000, transcript: undefined, context: undefined };
    const withMemory = '(module (memory 2) (global (export "g") i32 (i32.const 1)) (func (export "f")))';
    const moduleOf = ({ parts }: LoadedModule): SessionModule => ({ ...parts, linkage: parts.linkage(undefined) });

    it('reports the size of its memory, and that it is without an instance', async () => {
      const module = moduleOf(await loadText(withMemory, [], { tier }));
      const machine = SessionMachine.instantiated(module, tier, terms);
      expect([machine.hasInstance, machine.pages, machine.memoryBytes]).to.deep.equal([true, 2, 131_072]);
      const other = tier === 'interpreter' ? 'instrumented' : 'interpreter';
      expect([machine.isIn(tier), tier === 'interpreter' && machine.isIn(other)]).to.deep.equal([true, false]);
      const small = SessionMachine.instantiated(moduleOf(await loadText('(module)', [], { tier })), tier, terms);
      expect([small.hasInstance, small.pages, small.memoryBytes]).to.deep.equal([true, 0, 0]);
      const unpaid = SessionMachine.unpaid(module, 5, 10);
      expect([unpaid.hasInstance, unpaid.pages, unpaid.memoryBytes]).to.deep.equal([false, 0, 0]);
      expect(unpaid.store.gauge.parts).to.deep.equal({ instantiate: 5, guest: 0, host: 0, boundary: 0 });
      expect(() => unpaid.instance()).to.throw(/^a session without an instance$/);
    });

    it('with several instances counts the size of each memory once', async () => {
      const linkOf = async (name: string, text: string) => {
        const resolved = resolvedLink(
          { name, module: await loadText(text, [], { tier }) },
          {
            numberOf: () => 0,
            exported: (number, item) => machine.exported(number, item),
          },
        );
        if (!resolved.ok) throw new Error(resolved.fault.code);
        return resolved.link;
      };
      const first = await linkOf('a', '(module (memory (export "m") 2))');
      const machine: LinkedMachine = new LinkedMachine(tier, first);
      const links = [first, await linkOf('b', '(module (func (export "f")))')];
      links.push(await linkOf('c', '(module (memory 3))'));
      machine.under(terms, () => {
        for (const link of links) machine.instantiate(link);
      });
      const shared = await linkOf('d', '(module (import "a" "m" (memory 1)))');
      machine.under(terms, () => machine.instantiate(shared));
      expect([machine.pages, machine.memoryBytes]).to.deep.equal([5, 5 * 65_536]);
      expect(() => machine.instance(4)).to.throw(/^a store without instance 4$/);
      expect(() => machine.exported(1, 'none')).to.throw(/^instance 1 does not export 'none'$/);
      expect([machine.isIn(tier), machine.isIn(tier === 'interpreter' ? 'instrumented' : 'interpreter')]).to.deep.equal(
        [true, false],
      );
    });
  });

  describe(`snapshots and their names, ${tier}`, () => {
    it('do not change when returned bytes are overwritten', async () => {
      const module = await loadText(GUEST, [nextRow()], { tier });
      const snapshot = opened(module).snapshot();
      const hashes = () => [snapshot.hash, snapshot.stateDigest, snapshot.bytes].map(toHex);
      const before = hashes();
      for (const bytes of [snapshot.hash, snapshot.stateDigest, snapshot.bytes]) bytes.fill(0);
      expect(hashes()).to.deep.equal(before);
    });

    it('keep the instance of a closed session, for the same imports only', async () => {
      const module = await loadText(GUEST, [nextRow()], { tier });
      const from = opened(module).snapshot();
      const asked: number[] = [];
      const restored = (imports = module.parts.imports): Session => opened(module, { from, imports });
      const first = restored();
      first.call('add', [i32(9)]);
      first.close();
      const other = restored([nextRow(asked)]);
      other.call('ask', [i32(3)]);
      expect(asked).to.have.length(2);
      other.close();
      const again = restored();
      expect(toHex(again.stateDigest())).to.equal(toHex(from.stateDigest));
      again.call('ask', [i32(3)]);
      expect(asked).to.have.length(2);
    });

    it('pass a waiting machine to the next session, once, for its imports and its program', async () => {
      const loaded = await loadText(GUEST, [nextRow()], { tier });
      const module: SessionModule = { ...loaded.parts, linkage: loaded.parts.linkage(undefined) };
      const snapshot = opened(loaded).snapshot();
      const machine = SessionMachine.restored(module, tier, snapshot.state);
      const { linkage, program } = machine;
      expect(linkage).to.equal(module.linkage);
      expect(snapshot.take(linkage, program)).to.equal(undefined);
      snapshot.leave(machine);
      expect(snapshot.take({}, program)).to.equal(undefined);
      expect(snapshot.take(linkage, { ...program } as typeof program)).to.equal(undefined);
      expect(snapshot.take(linkage, program)).to.equal(machine);
      expect(snapshot.take(linkage, program)).to.equal(undefined);
    });

    it('report at which byte a segment is invalid', async () => {
      const { bytes } = opened(await loadText('(module (data "a") (data "b") (data "c"))', [], { tier })).snapshot();
      // Three data segments and no element segment come last.
      const at = bytes.length - 4 - 2;
      expect(decodeSnapshot(bytes.with(at, 2))).to.deep.equal({
        ok: false,
        fault: { code: 'segment-flag', offset: at },
      });
    });
  });
}
