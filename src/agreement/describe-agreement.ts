/** The check of a module or of zomes as tests for mocha, or for any runner with its `describe` and `it`. */
import { type AgreementOptions, agreement } from './agreement.js';
import type { AgreementZomes } from './agreement-call.js';
import { type CheckReport, type PropertyName, propertiesOf } from './agreement-check.js';
import { reportLines } from './report-text.js';
import { type ZomeAgreementOptions, zomeAgreement } from './zome-agreement.js';

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

export interface DescribeZomeOptions extends ZomeAgreementOptions {
  /** How long the whole check may take. Default 120,000. */
  readonly timeoutMilliseconds?: number;
}

/** Declares one test for each property. `bytes` is called when the tests run. */
export function describeAgreement(title: string, bytes: () => Uint8Array, options: DescribeOptions): void {
  const properties = [...propertiesOf(options), ...(options.resolve ? (['no-unresolved-loop'] as const) : [])];
  describeReport(title, properties, options, () => agreement(bytes(), options));
}

/** The same for zomes, with the ops of `options.ops`. `zomes` is called when the tests run. */
export function describeZomeAgreement(title: string, zomes: () => AgreementZomes, options: DescribeZomeOptions): void {
  describeReport(title, propertiesOf(options), options, () => zomeAgreement(zomes(), options));
}

function describeReport(
  title: string,
  properties: readonly PropertyName[],
  { timeoutMilliseconds = 120_000 }: { readonly timeoutMilliseconds?: number },
  check: () => Promise<CheckReport>,
): void {
  const { describe, before, it } = globalThis as unknown as TestGlobals;
  describe(title, () => {
    let report: CheckReport | undefined;
    before(async function () {
      this.timeout(timeoutMilliseconds);
      report = await check();
    });
    for (const name of properties) it(name, () => passes(report, name));
  });
}

/** @throws Error for a property that failed, or was not checked */
function passes(report: CheckReport | undefined, name: PropertyName): void {
  const property = report?.properties.find((one) => one.name === name);
  if (report === undefined || property === undefined) throw new Error(`${name} was not checked`);
  if (property.failure !== undefined) throw new Error([property.failure, ...reportLines(report)].join('\n'));
}
