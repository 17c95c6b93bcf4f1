/** The check of a module as tests of mocha, or of any runner with its `describe` and `it`. */
import { type AgreementOptions, agreement } from './agreement.js';
import type { CheckReport, PropertyName } from './agreement-check.js';
import { reportLines } from './report-text.js';

interface TestContext {
  timeout(milliseconds: number): unknown;
}

interface TestGlobals {
  describe(title: string, body: (this: TestContext) => void): void;
  before(body: (this: TestContext) => Promise<void>): void;
  it(title: string, body: () => void): void;
}

export interface DescribeOptions extends AgreementOptions {
  /** How long the whole check may take. Default 120,000. */
  readonly timeoutMilliseconds?: number;
}

/** Declares one test for each property. `bytes` is asked for when the tests run. */
export function describeAgreement(title: string, bytes: () => Uint8Array, options: DescribeOptions): void {
  const { describe, before, it } = globalThis as unknown as TestGlobals;
  describe(title, () => {
    let report: CheckReport | undefined;
    before(async function () {
      this.timeout(options.timeoutMilliseconds ?? 120_000);
      report = await agreement(bytes(), options);
    });
    for (const name of propertiesOf(options)) {
      it(name, () => {
        const failure = report?.properties.find((property) => property.name === name)?.failure;
        if (failure !== undefined) throw new Error([failure, ...reportLines(report!)].join('\n'));
      });
    }
  });
}

function propertiesOf({ noTrap, fuelMax, resolve, own }: DescribeOptions): readonly PropertyName[] {
  return [
    'agreement',
    'determinism',
    ...(noTrap === false ? [] : (['no-trap'] as const)),
    ...(fuelMax === undefined ? [] : (['fuel-bound'] as const)),
    ...(resolve === undefined ? [] : (['no-unresolved-loop'] as const)),
    ...(own === undefined ? [] : (['own'] as const)),
  ];
}
