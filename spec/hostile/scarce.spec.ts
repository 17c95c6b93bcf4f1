/**
 * A host that runs out of address space or of stack: another tier, or a `HostFailure`, and later calls are unaffected.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createEngine, HostFailure, receiptHash, type Tier, toHex } from '../../src/index.js';
import { bytesOfText } from '../engine/load-text.js';

const PROGRAM = fileURLToPath(new URL('scarce-run.js', import.meta.url));

describe('a host', () => {
  it('with scarce address space runs calls in the interpreter', async () => {
    const command = `ulimit -v 5000000 && exec "${process.execPath}" "${PROGRAM}"`;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command]);
    const lines = stdout.trim().split('\n');
    expect(lines).to.have.length(6);
    expect(new Set(lines.map((line) => line.split(' ')[1])).size, stdout).to.equal(1);
  });

  for (const tier of ['interpreter', 'instrumented', 'auto'] as Tier[]) {
    it(`with a nearly exhausted stack throws only a HostFailure, ${tier}`, async () => {
      const text = `(module (memory (export "memory") 1)
        (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.load (local.get 0))))
        (func $b (param i32) (result i32) (call $a (i32.mul (local.get 0) (i32.const 3))))
        (func (export "run") (result i32) (call $b (call $a (i32.const 8)))))`;
      const wasm = await bytesOfText(text);
      const hashOf = (module: { call(name: string): { receipt: Parameters<typeof receiptHash>[0] } }) =>
        toHex(receiptHash(module.call('run').receipt));
      const load = async () => {
        const loaded = await createEngine({ tier }).load(wasm);
        if (!loaded.ok) throw new Error(loaded.fault.code);
        return loaded.module;
      };
      const expected = hashOf(await load());
      const failures: unknown[] = [];
      const near = await load();
      // Each frame on the way back up has a little more stack than the one below it.
      const down = (): void => {
        try {
          down();
        } catch {
          // The end of the stack.
        }
        if (failures.length >= 200) return;
        let entered = false;
        try {
          const options = {
            get fuel() {
              entered = true;
              return 1_000_000_000;
            },
          };
          failures.push(hashOf({ call: () => near.call('run', [], options) }));
        } catch (error) {
          // An overflow before the call has read its options belongs to the caller.
          if (entered) failures.push(error);
        }
      };
      down();
      const thrown = failures.filter((one) => typeof one !== 'string');
      // How many of them fail depends on the host's optimisations: in a fresh process most of the first fifty.
      expect(failures).to.have.length(200);
      for (const error of thrown) expect(error, String(error)).to.be.instanceOf(HostFailure);
      expect(new Set(failures.filter((one) => typeof one === 'string'))).to.deep.equal(new Set([expected]));
      expect(hashOf(near), 'afterwards').to.equal(expected);
    });
  }
});
