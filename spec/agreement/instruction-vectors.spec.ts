import { assert } from 'chai';
import { countByName } from '../../src/agreement/disassemble.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { TIERS } from '../../src/engine/tier.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import { traceCost } from '../metering/trace-oracle.js';
import { caseOf, type InstructionCase, loadVector, readInstructionVectors } from './instruction-vectors.js';

const VECTORS = readInstructionVectors();

/** The result of the trace oracle for a case; it shares no code with a tier. */
function oracleCase(wasm: Uint8Array, name: string, args: readonly string[], limit: number): InstructionCase {
  const { outcome, used } = traceCost(wasm, name, args, FUEL_1, limit);
  if (outcome.kind === 'returned') return { args, results: outcome.values, fuel: used };
  return outcome.kind === 'trapped'
    ? { args, trap: outcome.code, fuel: used }
    : { args, exhausted: outcome.resource, fuel: used };
}

describe('vectors of instructions', () => {
  it('include one for every row of the table, whose module has the instruction', () => {
    assert.deepEqual(VECTORS.map(({ instruction }) => instruction).sort(), INSTRUCTIONS.map(({ name }) => name).sort());
    for (const { instruction, wasm } of VECTORS) {
      const { module } = decode(new Uint8Array(Buffer.from(wasm, 'hex')), LIMITS_1);
      assert.isAbove(countByName(module).get(instruction) ?? 0, 0, instruction);
    }
  });

  it('include every trap that the table lists for an instruction', () => {
    const rows: readonly InstructionRow[] = INSTRUCTIONS;
    for (const { name, traps = [] } of rows) {
      const cases = VECTORS.find(({ instruction }) => instruction === name)!.cases;
      const met = new Set(cases.flatMap(({ trap }) => (trap === undefined ? [] : [trap])));
      assert.includeMembers([...met], [...traps], name);
      if (name === 'unreachable') continue;
      assert.isTrue(
        cases.some(({ results }) => results !== undefined),
        `${name} returns`,
      );
    }
  });

  it('agree with the trace oracle in every result, trap and fuel', () => {
    for (const { instruction, wasm, export: name, limit, cases } of VECTORS) {
      const bytes = new Uint8Array(Buffer.from(wasm, 'hex'));
      for (const one of cases) {
        assert.deepEqual(oracleCase(bytes, name, one.args, limit), one, `${instruction} ${one.args.join(', ')}`);
      }
    }
  });

  for (const tier of TIERS) {
    it(`agree with the tier ${tier} in every result, trap and fuel`, async () => {
      for (const vector of VECTORS) {
        const module = await loadVector(vector, tier);
        for (const one of vector.cases) {
          const came = caseOf(module, vector, one.args);
          assert.equal(JSON.stringify(came), JSON.stringify(one), vector.instruction);
        }
      }
    });
  }
});
