/** Host functions and constants: their price, their line of the log, their failures, and calls back into the guest. */
import { expect } from 'chai';
import { hash, utf8 } from '../../../src/base/hash.js';
import {
  createEngine,
  HostFailure,
  type HostFunctionImport,
  type HostImport,
  i32,
  i64,
  toHex,
  UsageError,
  type Value,
} from '../../../src/index.js';
import { bytesOfText, loadText } from '../load-text.js';

const I32 = { params: ['i32'], results: ['i32'] } as const;

function double(cost?: number): HostFunctionImport {
  const run: HostFunctionImport['run'] = (_call, [value]) => [i32((Number((value as { bits: number }).bits) * 2) | 0)];
  return { module: 'env', name: 'f', type: I32, run, ...(cost === undefined ? {} : { cost }) };
}

function f(run: HostFunctionImport['run'], type: HostFunctionImport['type'] = I32): HostFunctionImport {
  return { module: 'env', name: 'f', type, run };
}

const CALLER = `(module
  (import "env" "f" (func $f (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (param i32) (result i32) (call $f (local.get 0)))
  (func (export "add-one") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "again") (param i32) (result i32) (call $f (local.get 0)))
  (func (export "trap") (result i32) unreachable))`;

const canonical = (value: number): Uint8Array => Uint8Array.of(0x7f, value, 0, 0, 0);

describe('host functions', () => {
  it('cost their base, and are logged with the hashes of their values', async () => {
    const module = await loadText(CALLER, [double(123)]);
    const { outcome, receipt, hostCalls } = module.call('run', [i32(21)]);
    expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(42)] });
    expect(receipt.fuel.parts.host).to.equal(123);
    expect(hostCalls).to.deep.equal([
      { module: 'env', name: 'f', inputHash: hash(canonical(21)), outputHash: hash(canonical(42)) },
    ]);
    // Both names as texts, then the two hashes.
    const text = (name: string) => Buffer.concat([Buffer.from([name.length, 0, 0, 0]), utf8(name)]);
    const line = Buffer.concat([text('env'), text('f'), hash(canonical(21)), hash(canonical(42))]);
    expect(toHex(receipt.hostCalls)).to.equal(toHex(hash(line)));
  });

  it('whose names contain dots are not confused', async () => {
    const hashOf = async (from: string, name: string) => {
      const text = `(module (import "${from}" "${name}" (func $f)) (func (export "run") (call $f)))`;
      const type = { params: [], results: [] };
      const module = await loadText(text, [{ module: from, name, type, run: () => [] }]);
      return toHex(module.call('run').receipt.hostCalls);
    };
    const hashes = await Promise.all([
      hashOf('a.b', 'c'),
      hashOf('a', 'b.c'),
      hashOf('', 'a.b.c'),
      hashOf('a.b.c', ''),
    ]);
    expect(new Set(hashes).size).to.equal(4);
  });

  it('cost the base of the schedule when they name none', async () => {
    const module = await loadText(CALLER, [double()]);
    expect(module.call('run', [i32(1)]).receipt.fuel.parts.host).to.equal(module.metered.schedule.rates.hostCall.base);
  });

  it('receive the fuel left after the block and their own charge, and can charge more', async () => {
    const seen: number[] = [];
    const module = await loadText(CALLER, [
      f((call) => {
        seen.push(call.fuelLeft());
        return call.charge(1_000) ? [i32(call.fuelLeft())] : undefined;
      }),
    ]);
    const full = module.call('run', [i32(0)], { fuel: 100_000 });
    const { parts, used } = full.receipt.fuel;
    expect(parts.host).to.equal(2_900);
    expect(seen).to.deep.equal([100_000 - used + 1_000]);
    const short = module.call('run', [i32(0)], { fuel: used - 1 });
    expect(short.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(short.receipt.fuel.parts.host).to.equal(2_899);
    expect(short.hostCalls[0]!.outputHash).to.deep.equal(hash(new Uint8Array(0)));
  });

  it('do not run when their charge is not covered, and are not logged', async () => {
    let calls = 0;
    const module = await loadText(CALLER, [
      f(() => {
        calls++;
        return [i32(0)];
      }),
    ]);
    const { used } = module.call('run', [i32(0)]).receipt.fuel;
    const short = module.call('run', [i32(0)], { fuel: used - 1 });
    expect(short.outcome.kind).to.equal('exhausted');
    expect(short.hostCalls).to.deep.equal([]);
    expect(calls).to.equal(1);
  });

  it('read and write the memory, and are a host failure outside of it', async () => {
    const module = await loadText(CALLER, [
      f((call, [at]) => {
        const memory = call.memory!;
        memory.write((at as { bits: number }).bits, Uint8Array.of(1, 2, 3, 4));
        return [i32(memory.read(2, 1)[0]!)];
      }),
    ]);
    expect(module.call('run', [i32(0)]).outcome).to.deep.equal({ kind: 'returned', values: [i32(3)] });
    expect(() => module.call('run', [i32(65_533)])).to.throw(HostFailure, /env\.f threw: 4 bytes at 65533/);
  });

  it('call back into the guest under the same gauge; the log is in the order in which calls begin', async () => {
    const module = await loadText(CALLER, [
      f((call, [value]) => {
        const { bits } = value as { bits: number };
        if (bits === 0) return call.call('add-one', [i32(41)]);
        return call.call('again', [i32(bits - 1)]);
      }),
    ]);
    const { outcome, hostCalls, receipt } = module.call('run', [i32(2)]);
    expect(outcome).to.deep.equal({ kind: 'returned', values: [i32(42)] });
    expect(hostCalls.map(({ inputHash }) => toHex(inputHash))).to.deep.equal(
      [2, 1, 0].map((value) => toHex(hash(canonical(value)))),
    );
    expect(receipt.fuel.parts.host).to.equal(3 * module.metered.schedule.rates.hostCall.base);
  });

  it('nest to the limit, then the call is exhausted(stack)', async () => {
    let deepest = 0;
    let depth = 0;
    const module = await loadText(CALLER, [
      f((call, [value]) => {
        depth++;
        deepest = Math.max(deepest, depth);
        const results = call.call('again', [value!]);
        depth--;
        return results;
      }),
    ]);
    expect(module.call('run', [i32(1)]).outcome).to.deep.equal({ kind: 'exhausted', resource: 'stack' });
    expect(deepest).to.equal(16);
  });

  it('cannot undo an outcome of the guest that they called', async () => {
    const after: unknown[] = [];
    const module = await loadText(CALLER, [
      f((call) => {
        after.push(call.call('trap', []), call.call('add-one', [i32(1)]));
        return [i32(9)];
      }),
    ]);
    const { outcome, hostCalls } = module.call('run', [i32(1)]);
    expect(outcome).to.deep.equal({ kind: 'trapped', code: 'unreachable' });
    expect(after).to.deep.equal([undefined, undefined]);
    expect(hostCalls[0]!.outputHash).to.deep.equal(hash(new Uint8Array(0)));
  });

  it('end the whole call with a payload', async () => {
    const payload = Uint8Array.of(1, 2, 3);
    const module = await loadText(CALLER, [f(() => ({ kind: 'short-circuited', payload }))]);
    const { outcome, receipt } = module.call('run', [i32(1)]);
    expect(outcome).to.deep.equal({ kind: 'short-circuited', payload });
    expect(receipt.outcome).to.deep.equal({ kind: 'short-circuited' });
    expect(receipt.output).to.deep.equal(hash(payload));
  });

  it('add their own bytes to the log', async () => {
    const module = await loadText(CALLER, [
      f((call) => {
        call.record(utf8('in'), utf8('out'));
        return [i32(0)];
      }),
    ]);
    const line = module.call('run', [i32(1)]).hostCalls[0]!;
    expect([line.inputHash, line.outputHash]).to.deep.equal([hash(utf8('in')), hash(utf8('out'))]);
  });

  it('fail the whole call when they throw, even if an intermediate host function catches it', async () => {
    const cause = new Error('no such record');
    const module = await loadText(CALLER, [
      f((call, [value]) => {
        if ((value as { bits: number }).bits === 0) throw cause;
        try {
          call.call('again', [i32(0)]);
        } catch {
          return [i32(1)];
        }
        return [i32(2)];
      }),
    ]);
    for (const depth of [0, 1]) {
      expect(() => module.call('run', [i32(depth)]))
        .to.throw(HostFailure, 'host function env.f threw: no such record')
        .with.property('cause', cause);
    }
  });

  it('fail the whole call when they call back incorrectly, even if they catch it', async () => {
    const wrong: readonly (readonly [string, readonly Value[]])[] = [
      ['nothing', []],
      ['memory', []],
      ['add-one', []],
      ['add-one', [i64(1n)]],
    ];
    for (const [name, args] of wrong) {
      const module = await loadText(CALLER, [
        f((call) => {
          try {
            return call.call(name, args);
          } catch {
            return [i32(1)];
          }
        }),
      ]);
      expect(() => module.call('run', [i32(1)])).to.throw(HostFailure, name);
    }
  });

  it('fail the call when they return values that do not match their type', async () => {
    const answers: readonly unknown[] = [[], [i64(1n)], [{ type: 'i32', bits: -1 }], undefined, 7, [undefined]];
    for (const answer of answers) {
      const module = await loadText(CALLER, [f(() => answer as readonly Value[])]);
      expect(() => module.call('run', [i32(1)])).to.throw(HostFailure, /env\.f/);
    }
  });

  it('pass references only as null', async () => {
    const type = { params: [], results: ['externref'] } as const;
    const given = async (value: unknown) => {
      const module = await loadText(
        `(module (import "env" "f" (func $f (result externref)))
          (func (export "run") (result i32) (ref.is_null (call $f))))`,
        [f(() => [value as Value], type)],
      );
      return module.call('run').outcome;
    };
    expect(await given({ type: 'externref', ref: null })).to.deep.equal({ kind: 'returned', values: [i32(1)] });
    const wrong: readonly (readonly [unknown, string])[] = [
      [{ type: 'externref', ref: 7 }, 'externref'],
      [{ type: 'funcref', ref: null }, 'funcref'],
      [{ type: 'externref' }, 'object'],
      [i32(0), 'i32'],
      [null, 'null'],
      ['text', 'text'],
    ];
    for (const [value, text] of wrong) {
      let message = '';
      try {
        await given(value);
      } catch (error) {
        expect(error).to.be.instanceOf(HostFailure);
        message = (error as HostFailure).message;
      }
      expect(message).to.match(
        new RegExp(`^host function env\\.f returned \\(.*${text}.*\\), its type has \\(externref\\)$`),
      );
    }
  });

  it('receive references only as null: any other ends the call as breached(reference)', async () => {
    let calls = 0;
    const type = { params: ['funcref'], results: [] } as const;
    const module = await loadText(
      `(module (import "env" "f" (func $f (param funcref))) (func $g) (elem declare func $g)
        (func (export "some") (call $f (ref.func $g))) (func (export "none") (call $f (ref.null func))))`,
      [
        f(() => {
          calls++;
          return [];
        }, type),
      ],
    );
    expect(module.call('none').outcome.kind).to.equal('returned');
    expect(module.call('some').outcome).to.deep.equal({ kind: 'breached', code: 'reference' });
    expect(calls).to.equal(1);
  });
});

describe('constants', () => {
  const text = `(module (import "env" "k" (global $k i64)) (func (export "get") (result i64) (global.get $k)))`;
  const constant = (value: bigint): HostImport => ({ module: 'env', name: 'k', value: i64(value) });

  it('are hashed into the input', async () => {
    const module = await loadText(text, [constant(5n)]);
    const { outcome, receipt } = module.call('get');
    expect(outcome).to.deep.equal({ kind: 'returned', values: [i64(5n)] });
    const input = [3, 0, 0, 0, ...utf8('env'), 1, 0, 0, 0, ...utf8('k'), 0x7e, 5, 0, 0, 0, 0, 0, 0, 0];
    expect(toHex(receipt.input)).to.equal(toHex(hash(Uint8Array.from(input))));
    expect(module.call('get', [], { imports: [constant(6n)] }).receipt.input).to.not.deep.equal(receipt.input);
  });
});

describe('linking', () => {
  const importing = (what: string): Uint8Array => bytesOfText(`(module (import "env" "f" ${what}))`);

  it('reports at loading which imports are missing or of another type', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['(func)', 'incompatible-import'],
      ['(global i32)', 'incompatible-import'],
      ['(memory 1)', 'incompatible-import'],
      ['(func (param i32) (result i32))', 'linked'],
    ];
    for (const [what, code] of cases) {
      const loaded = await createEngine().load(importing(what), { imports: [double()] });
      expect(loaded.ok ? 'linked' : loaded.fault.code, what).to.equal(code);
    }
    const other = await createEngine().load(importing('(func)'), { imports: [{ ...double(), name: 'g' }] });
    expect(other.ok ? undefined : other.fault).to.deep.include({
      kind: 'unlinkable',
      code: 'unknown-import',
      detail: 'env.f',
    });
  });

  it('applies to the imports of a call too', async () => {
    const module = await loadText(CALLER);
    expect(module.linkFault()).to.deep.include({ kind: 'unlinkable', code: 'unknown-import' });
    expect(module.linkFault([double()])).to.equal(undefined);
    expect(() => module.call('run', [i32(1)])).to.throw(UsageError, /unknown-import, env\.f/);
    expect(module.call('run', [i32(1)], { imports: [double()] }).outcome.kind).to.equal('returned');
  });

  it('uses only the rows of the call, regardless of earlier ones', async () => {
    const giving = (value: number) => f(() => [i32(value)]);
    const module = await loadText(CALLER, [giving(1)]);
    const given = [giving(2)];
    const results = [undefined, given, undefined, [giving(3)], given, undefined].map((imports) => {
      const { outcome } = module.call('run', [i32(1)], imports === undefined ? {} : { imports });
      return outcome.kind === 'returned' ? outcome.values : outcome.kind;
    });
    expect(results).to.deep.equal([1, 2, 1, 3, 2, 1].map((value) => [i32(value)]));
  });

  it('has one table of prices whether a rate is zero or omitted', async () => {
    const tableHash = async (rates?: HostFunctionImport['rates']) => {
      const module = await loadText(CALLER, [rates === undefined ? double(7) : { ...double(7), rates }]);
      return toHex(module.call('run', [i32(1)]).receipt.hosts);
    };
    const none = await tableHash();
    expect(await tableHash({})).to.equal(none);
    expect(await tableHash({ perByte: 0 })).to.equal(none);
    expect(await tableHash({ perByte: 1 })).not.to.equal(none);
    expect(await tableHash({ perByte: 1, perItem: 0 })).to.equal(await tableHash({ perByte: 1 }));
  });

  it('refuses rows that no module could use', async () => {
    const rows: readonly (readonly HostImport[])[] = [
      [double(0)],
      [double(1.5)],
      [double(1_000_001)],
      [double(), double()],
      [{ ...double(), type: { params: ['i33' as 'i32'], results: [] } }],
      [{ module: 'env', name: 'k', value: { type: 'i32', bits: -1 } }],
      [{ module: 'env', name: 'k', type: I32 } as unknown as HostImport],
    ];
    const module = await loadText('(module)');
    for (const imports of rows) {
      expect(() => module.linkFault(imports))
        .to.throw(UsageError)
        .with.property('code', 'bad-import');
    }
  });
});
