// Third-party programs from npm: the same driver on a tier and on the host's own WebAssembly gives the same results,
// the same host calls and the same memory; and on every machine the same fuel.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { TIERS } from '../tiers.js';
import { goldenRun, readGolden, SCHEDULE } from './golden.js';
import { runOnEngine } from './on-engine.js';
import { runOnWebAssembly } from './on-web-assembly.js';
import { PROGRAMS } from './programs.js';
import { mappingsOf, sourceMapProgram } from './source-map.js';

describe('real programs', () => {
  const golden = readGolden();

  it('have golden results for this schedule, each program once', () => {
    expect(golden.schedule).to.equal(SCHEDULE);
    expect(golden.runs.map(({ program }) => program)).to.deep.equal(PROGRAMS.map(({ name }) => name));
  });

  for (const [tier, factory] of TIERS) {
    for (const program of PROGRAMS) {
      it(`${program.name} on the ${tier} behaves as on WebAssembly, with the golden fuel`, () => {
        const expected = runOnWebAssembly(program);
        const { fuel, logged, ...actual } = runOnEngine(program, factory);
        expect(actual).to.deep.equal(expected);
        expect(logged).to.equal(expected.hostCalls.length);
        const row = golden.runs.find((run) => run.program === program.name);
        expect(goldenRun(program.name, { ...actual, fuel, logged })).to.deep.equal(row);
      });
    }

    // The map of one of our files changes with the file, so its fuel is not golden.
    it(`source-map reads a map of this project on the ${tier}`, () => {
      const file = new URL('../../src/wasm/i64.js.map', import.meta.url);
      const program = sourceMapProgram('own map', mappingsOf(readFileSync(file)));
      const expected = runOnWebAssembly(program);
      const { fuel: _fuel, logged: _logged, ...actual } = runOnEngine(program, factory);
      expect(expected.hostCalls.length).to.be.greaterThan(500);
      expect(actual).to.deep.equal(expected);
    });
  }
});
