/** Runs scripts of the official suite, when it lies beside the project, as linked sessions. */
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

/** @param scripts by name, with how many commands at least have to pass */
export function describeScripts(scripts: Readonly<Record<string, number>>): void {
  if (missing !== undefined) {
    it(`are not run: ${missing}; give its directory in ASSAY_TESTSUITE`, () => {
      expect(missingSuite(directory)).to.equal(missing);
    });
    return;
  }
  for (const tier of ['interpreter', 'instrumented'] as const) {
    for (const [name, least] of Object.entries(scripts)) {
      it(`pass: ${name}, ${tier}`, async () => {
        const file = `wasm-2.0/core/${name}.json`;
        const commands = readScript(join(directory, file));
        const engine = new LinkedEngine(await modulesOf(file, commands, tier));
        const { passed, failures } = new ScriptRunner(file, engine, readExpectations()).run(commands);
        expect(failures).to.deep.equal([]);
        expect(passed).to.be.at.least(least);
      });
    }
  }
}
