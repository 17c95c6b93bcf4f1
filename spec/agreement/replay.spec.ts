import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import type { AgreementCall, AgreementModule } from '../../src/agreement/agreement-call.js';
import { explainDisagreement } from '../../src/agreement/explain-disagreement.js';
import { askNodes } from '../../src/agreement/find-disagreement.js';
import { leastFuel } from '../../src/agreement/least-fuel.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { replayName } from '../../src/agreement/replay.js';
import { readReplay, writeReplay } from '../../src/agreement/replay-file.js';
import { toHex } from '../../src/base/hash.js';
import { assay } from '../cli/command-line.js';
import { oneChargeTooFew, staleGlobal } from './canary.js';
import { loadWat } from './load-wat.js';

const interpreter = engineNode({ tier: 'interpreter' });

const WAT = `(module (global (export "g") (mut i32) (i32.const 0)) (memory (export "memory") 1)
  (func (export "f") (param i32) (result i32)
    local.get 0 if i32.const 8 i32.const 1 i32.store end
    global.get 0 i32.const 5 i32.add global.set 0
    i32.const 1 i32.const 2 i32.add i32.const 3 i32.mul))`;

const call = (arg: string, fuel = 100_000): AgreementCall => ({ kind: 'values', export: 'f', args: [arg], fuel });

async function module(): Promise<AgreementModule> {
  return { bytes: await loadWat(WAT), hosts: 'none' };
}

describe('a disagreement', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-replay-'));
  after(() => rmSync(folder, { recursive: true }));

  it('is localised to the block whose cost differs', async () => {
    const calls = [call('i32:3'), call('i32:0x12345')];
    const { disagreement } = await askNodes([interpreter, oneChargeTooFew], await module(), calls);
    const replay = await explainDisagreement(disagreement!, await module(), calls);
    assert.equal(replay.calls.length, 1);
    const marked = replay.where.filter((line) => line.startsWith('> '));
    assert.match(marked.join('\n'), /global\.get 0\n.*i32\.const 5[\s\S]*i32\.mul/);
    assert.notMatch(marked.join('\n'), /i32\.store/);
  });

  it('that needs an earlier call keeps that call only', async () => {
    const calls = [call('i32:0', 0), call('i32:1'), call('i32:2', 0), call('i32:0')];
    const { disagreement } = await askNodes([interpreter, staleGlobal], await module(), calls);
    const replay = await explainDisagreement(disagreement!, await module(), calls);
    assert.equal(replay.calls.length, 2);
    assert.equal(replay.difference.field, 'stateDigest');
  });

  it('has a least fuel at which they differ: with one unit less they agree', async () => {
    const one = await module();
    const fuel = (await leastFuel(interpreter, oneChargeTooFew, one, [call('i32:0')]))!;
    const differAt = async (limit: number) =>
      (await askNodes([interpreter, oneChargeTooFew], one, [call('i32:0', limit)])).disagreement !== undefined;
    assert.isTrue(await differAt(fuel));
    assert.isFalse(await differAt(fuel - 1));
    assert.isUndefined(await leastFuel(interpreter, interpreter, one, [call('i32:0')]));
  });

  it('is written, read back, and run again by the command line', async () => {
    const calls = [call('i32:3')];
    const { disagreement } = await askNodes([interpreter, oneChargeTooFew], await module(), calls);
    const replay = await explainDisagreement(disagreement!, await module(), calls);
    const path = join(folder, 'kept', replayName(replay));
    writeReplay(path, replay);
    assert.deepEqual(readReplay(path), JSON.parse(JSON.stringify(replay)));
    assert.deepEqual(readdirSync(join(folder, 'kept')), [replayName(replay)]);

    const met = await assay(['agree', 'replay', path, '--nodes', 'interpreter,instrumented']);
    assert.equal(met.status, 0, met.err);
    assert.match(met.out, /^interpreter +as expected +exhausted fuel, fuel \d+\ninstrumented +as expected/);

    const receipt = replay.expected.at(-1)!;
    assert.equal(receipt.kind, 'receipt');
    const wrong = { ...replay, expected: [{ ...receipt, stateDigest: '00'.repeat(32) }] };
    writeReplay(path, wrong as typeof replay);
    const differs = await assay(['agree', 'replay', path, '--nodes', 'interpreter']);
    assert.equal(differs.status, 1);
    assert.match(differs.out, /differs +stateDigest: must be 0{64}, is /);
    const json = await assay(['agree', 'replay', path, '--nodes', 'interpreter', '--json']);
    assert.equal(JSON.parse(json.out).results[0].difference.field, 'stateDigest');
    // A replay file copied into the vectors becomes one of them.
    assert.equal((await assay(['agree', 'replay', path])).status, 2, 'the node that differed has no name');
  });

  it('cannot be replayed from a file with missing fields', async () => {
    const path = join(folder, 'less.json');
    const whole = {
      format: 'assay-agreement-1',
      nodes: ['interpreter'],
      module: { wasm: toHex((await module()).bytes), hosts: 'none' },
      calls: [call('i32:3')],
      expected: [{ kind: 'usage', code: 'argument-type' }],
      where: [],
      text: [],
    };
    const ran = async (changed: object, ...args: string[]) => {
      writeFileSync(path, JSON.stringify({ ...whole, ...changed }));
      return assay(['agree', 'replay', path, ...args]);
    };
    assert.equal((await ran({})).status, 1, 'it is a replay file');
    for (const changed of [
      { nodes: [] },
      { nodes: [7] },
      { expected: [] },
      { expected: [{ kind: 'receipt' }] },
      { expected: [null] },
      { calls: [{ kind: 'values', export: 'f', fuel: 9 }] },
      { calls: [{ ...call('i32:3'), args: ['i32:zzz'] }] },
      { calls: [{ kind: 'bytes', export: 'f', payload: 7, fuel: 9 }] },
      { calls: [{ kind: 'validate', export: 'f', entry: '', generation: 'x', fuel: 9 }] },
      { module: { wasm: 'zz', hosts: 'none' } },
      { module: { wasm: '00' } },
      { module: { zomes: [{}] } },
      { where: 'here' },
    ]) {
      const { status, err } = await ran(changed);
      assert.equal(status, 2, JSON.stringify(changed));
      assert.match(err, /is not a replay file/);
    }
  });

  it('runs no program or file named in the replay file unless it is trusted', async () => {
    const path = join(folder, 'named.json');
    const touched = join(folder, 'touched');
    const script = `import('node:fs').then((fs) => fs.writeFileSync(${JSON.stringify(touched)}, ''));export const imports = [];`;
    const whole = {
      format: 'assay-agreement-1',
      nodes: ['interpreter'],
      module: { wasm: toHex((await module()).bytes), hosts: 'none' },
      calls: [call('i32:3')],
      expected: [{ kind: 'none' }],
      where: [],
      text: [],
    };
    for (const changed of [
      { nodes: [`process:touch ${touched}`] },
      { nodes: ['interpreter', `process@auto+reversed:touch ${touched}`] },
      { module: { ...whole.module, hosts: `data:text/javascript,${encodeURIComponent(script)}` } },
    ]) {
      writeFileSync(path, JSON.stringify({ ...whole, ...changed }));
      const { status, err } = await assay(['agree', 'replay', path]);
      assert.equal(status, 2);
      assert.match(err, /names what it would run here: .*\n.*--trust/);
      assert.isFalse(existsSync(touched));
    }
    assert.equal((await assay(['agree', 'replay', path, '--trust'])).status, 0);
    assert.isTrue(existsSync(touched));
  });

  it('cannot be replayed from a file that is not a replay file', async () => {
    const path = join(folder, 'other.json');
    for (const text of [
      '',
      '[]',
      '{"format":"assay-agreement-1"}',
      '{"format":"assay-agreement-1","nodes":[],"calls":[{}]}',
    ]) {
      writeFileSync(path, text);
      const { status, err } = await assay(['agree', 'replay', path]);
      assert.equal(status, 2);
      assert.match(err, /is not a replay file/);
    }
    assert.match((await assay(['agree', 'replay', join(folder, 'absent')])).err, /no such file/);
  });
});
