/**
 * A checker for Stryker that admits only the drawn mutants: Stryker instruments places, and a place may have more
 * mutants than the drawn one. The others end as "CompileError", which does not count.
 */
import { readFileSync } from 'node:fs';
import { type Checker, type CheckResult, CheckStatus } from '@stryker-mutator/api/check';
import type { Mutant, StrykerOptions } from '@stryker-mutator/api/core';
import { commonTokens, declareClassPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { keyOf } from './listed-mutant.js';

class SampleChecker implements Checker {
  static readonly inject = tokens(commonTokens.options);
  readonly #keys: ReadonlySet<string>;

  constructor(options: StrykerOptions) {
    this.#keys = new Set(JSON.parse(readFileSync(String(options['assaySample']), 'utf8')) as string[]);
  }

  async init(): Promise<void> {}

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.#resultOf(mutant)]));
  }

  async group(mutants: Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  #resultOf(mutant: Mutant): CheckResult {
    return this.#keys.has(keyOf(mutant))
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: 'not drawn' };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'sample', SampleChecker)];
