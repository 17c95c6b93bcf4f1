/** Runs scripts of the official suite, if it is checked out beside the project, as linked sessions. */
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { readExpectations } from '../../conformance/expectations.js';
import { readScript } from '../../conformance/script.js';
import { ScriptRunner } from '../../conformance/script-runner.js';
import { missingSuite } from '../../conformance/suite.js';
import { LinkedEngine, modulesOf } from './linked-engine.js';

const { ASSAY_TESTSUITE = '../shared/testsuite' } = process.env;
const directory = resolve(ASSAY_TESTSUITE);
const missing = missingSuite(directory);

const TIERS = ['interpreter', 'instrumented'] as const;
/** Commands per tier, in a session that moves. */
const MOVE_EVERY = 3;

/** @param scripts by name, with the minimum number of commands that must pass */
export function describeScripts(scripts: Readonly<Record<string, number>>): void {
  if (missing !== undefined) {
    it(`are not run: ${missing}; give its directory in ASSAY_TESTSUITE`, () => {
      expect(missingSuite(directory)).to.equal(missing);
    });
    return;
  }
  for (const [name, least] of Object.entries(scripts)) {
    const file = `wasm-2.0/core/${name}.json`;
    const commands = readScript(join(directory, file));
    const passes = (engine: LinkedEngine) => {
      const { passed, failures } = new ScriptRunner(file, engine, readExpectations()).run(commands);
      expect(failures).to.deep.equal([]);
      expect(passed).to.be.at.least(least);
    };
    for (const tier of TIERS) {
      it(`pass: ${name}, ${tier}`, async () => passes(new LinkedEngine(await modulesOf(file, commands, tier))));
    }
    it(`pass: ${name}, in a session that moves between the tiers`, async () => {
      const [first, second] = await Promise.all(TIERS.map((tier) => modulesOf(file, commands, tier)));
      const engine = new LinkedEngine(first!, second, MOVE_EVERY);
      passes(engine);
      expect(engine.moves > 0).to.equal(least > 0);
    });
  }
}
