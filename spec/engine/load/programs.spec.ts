/** The programs of a module: which exist, which are made again, and a host that cannot make one. */
import { expect } from 'chai';
import { hash, toHex } from '../../../src/base/hash.js';
import { symbolName } from '../../../src/engine/describe/symbol-as-is.js';
import { autoMaker } from '../../../src/engine/load/instrumented-makers.js';
import { WarmUp } from '../../../src/engine/load/warm-up.js';
import type { WarmUpEnd } from '../../../src/engine/load/warm-up-end.js';
import { createEngine, FUEL_1, type HostImport, i32, LIMITS_1, UsageError } from '../../../src/index.js';
import { withoutWebAssembly } from '../../without-webassembly.js';
import { loadText } from '../load-text.js';

const TEXT = '(module (func (export "f") (result i32) (i32.const 7)))';

describe('the programs of a module', () => {
  it('are that of the interpreter, and the instrumented one if it was made', async () => {
    const interpreted = (await loadText(TEXT, [], { tier: 'interpreter' })).parts.programs;
    expect([interpreted.instrumented, interpreted.tier]).to.deep.equal([undefined, 'interpreter']);
    const module = await loadText(TEXT, [], { tier: 'instrumented' });
    const { programs } = module.parts;
    expect([programs.instrumented, programs.tier]).to.deep.equal([programs.current, 'instrumented']);
    expect(programs.reference().tier).to.equal('interpreter');
    expect([module.limits, module.loadPrice]).to.deep.equal([LIMITS_1, module.metered.loadPrice]);
    expect(module.metered.schedule).to.equal(FUEL_1);
    expect(module.loadPrice).to.be.above(0);
  });

  it('are recreated after a host failure: only that of the interpreter', async () => {
    const { programs } = (await loadText(TEXT, [], { tier: 'interpreter' })).parts;
    const [current, reference] = [programs.current, programs.reference()];
    programs.renew();
    expect(programs.current).not.to.equal(current);
    expect(programs.reference()).not.to.equal(reference);
    expect(programs.reference()).to.equal(programs.current);
    const fast = (await loadText(TEXT, [], { tier: 'instrumented' })).parts.programs;
    const [made, beside] = [fast.current, fast.reference()];
    fast.renew();
    expect(fast.current).to.equal(made);
    expect(fast.reference()).not.to.equal(beside);
  });

  it('are that of the interpreter on a host without WebAssembly', async () => {
    const mistake = withoutWebAssembly(() => {
      try {
        return createEngine({ tier: 'instrumented' });
      } catch (error) {
        return error;
      }
    });
    expect(mistake).to.be.instanceOf(UsageError);
    expect([(mistake as UsageError).code, (mistake as UsageError).message]).to.deep.equal([
      'unknown-tier',
      "the tier 'instrumented' is not available on this host: this host has no WebAssembly",
    ]);
    const maker = autoMaker();
    const long = new Uint8Array(16_385).fill(3);
    expect(toHex(withoutWebAssembly(() => maker.hash(long)))).to.equal(toHex(hash(long)));
    const { metered } = await loadText(TEXT);
    const programs = await maker.make(metered, undefined);
    await programs.settled();
    expect([programs.compilation, programs.tier]).to.deep.equal([{ state: 'none' }, 'interpreter']);
  });

  it('report why one could not be made', async () => {
    const { metered } = await loadText(TEXT);
    const failed = new Error('by intent');
    for (const isHurried of [true, false]) {
      const ends: WarmUpEnd[] = [];
      const host = () => {
        throw failed;
      };
      const warmUp = new WarmUp(metered, host, undefined, (end) => ends.push(end));
      if (isHurried) warmUp.finishNow();
      expect(ends).to.deep.equal(isHurried ? [{ failed }] : []);
      await warmUp.ended();
      expect(ends).to.deep.equal([{ failed }]);
    }
  });

  it('keep mangled symbols as names where no demangler is loaded', () => {
    expect(symbolName('_ZN1a1bE')).to.equal('_ZN1a1bE');
  });
});

describe('bytes that a host function records', () => {
  const type = { params: [], results: ['i32'] } as const;
  const text = `(module (import "env" "outer" (func $outer (result i32))) (import "env" "inner" (func $inner (result i32)))
    (func (export "back") (result i32) (call $inner)) (func (export "run") (result i32) (call $outer)))`;
  type Run = Extract<HostImport, { run: unknown }>['run'];
  const rows = (outer: Run, inner: Run): HostImport[] => [
    { module: 'env', name: 'outer', type, run: outer },
    { module: 'env', name: 'inner', type, run: inner },
  ];

  for (const tier of ['interpreter', 'instrumented'] as const) {
    it(`belong to its own call, also while another one is running, ${tier}`, async () => {
      let call: Parameters<Run>[0] | undefined;
      const imports = rows(
        (own) => {
          call = own;
          return own.call('back', []) as never;
        },
        () => {
          call!.record(Uint8Array.of(1), Uint8Array.of(2));
          return [i32(5)];
        },
      );
      const { outcome, receipt, hostCalls, diagnostics } = (await loadText(text, imports, { tier })).call('run');
      expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(5)] });
      const [first, second] = hostCalls;
      expect([first!.name, second!.name]).to.deep.equal(['outer', 'inner']);
      expect([toHex(first!.inputHash), toHex(first!.outputHash)]).to.deep.equal(
        [1, 2].map((byte) => toHex(hash(Uint8Array.of(byte)))),
      );
      expect(diagnostics.runAgain(undefined as never)).to.deep.equal(receipt);
    });

    it(`are refused after it has returned, ${tier}`, async () => {
      let call: Parameters<Run>[0] | undefined;
      const imports = rows(
        (own) => {
          call = own;
          return [i32(1)];
        },
        () => {
          call!.record(Uint8Array.of(1), Uint8Array.of(2));
          return [i32(5)];
        },
      );
      const module = await loadText(text, imports, { tier });
      module.call('run');
      expect(() => module.call('back')).to.throw(/^host function env\.outer recorded bytes after it had returned$/);
    });
  }
});
