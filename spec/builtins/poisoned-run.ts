/**
 * The program of a process whose built-ins are overwritten while the engine works: the golden calls, random modules and
 * faulty ones. Prints, as JSON, the number of results and those that differ from a clean run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { hostsNamed } from '../../src/agreement/host-set.js';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { MUTATIONS } from '../../src/agreement/mutate-module.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { createEngine, type LoadResult } from '../../src/engine/engine.js';
import type { CallResult, LoadedModule, ValidateResult } from '../../src/engine/loaded-module.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { receiptJson } from '../../src/engine/receipt/receipt-json.js';
import type { Tier } from '../../src/engine/tier.js';
import { parseValue, printValue, type Value } from '../../src/wasm/value.js';
import { goldenCalls } from '../agreement/golden-receipts.js';
import { type Poison, poisonOf } from './poison.js';

const [, , tier = 'auto', kind = 'throws', modules = '60', goldens = '6'] = process.argv;

const poison = poisonOf(() => {
  if (kind === 'throws') throw new Error('poisoned');
  return kind === 'answers' ? 7 : undefined;
});
const clean: Poison = { count: 0, put: () => undefined, take: () => undefined };

interface Job {
  readonly bytes: Uint8Array;
  readonly hosts: string;
  readonly limits: typeof LIMITS_1;
  readonly calls: readonly AgreementCall[];
}

function goldenJobs(): readonly Job[] {
  return [...goldenCalls()].map(([wasm, calls]) => ({
    bytes: new Uint8Array(readFileSync(join('vectors', wasm))),
    hosts: 'none',
    limits: LIMITS_1,
    calls: calls.slice(0, Number(goldens)),
  }));
}

function randomJobs(): readonly Job[] {
  return Array.from({ length: Number(modules) }, (_, seed) => {
    const { bytes, calls } = moduleOfSeed(seed, { bodySizeMax: 60 });
    const asked = calls.map(
      ({ export: name, args }): AgreementCall => ({
        kind: 'values',
        export: name,
        args: args.map(printValue),
        fuel: 20_000,
      }),
    );
    return { bytes, hosts: 'standard', limits: LIMITS_1, calls: asked };
  });
}

function faultyJobs(): readonly Job[] {
  return MUTATIONS.flatMap((mutation, at) => {
    const faulty = mutation.apply(moduleOfSeed(at).program);
    if (faulty === undefined) return [];
    return [{ bytes: faulty.bytes, hosts: 'standard', limits: faulty.limits ?? LIMITS_1, calls: [] }];
  });
}

function made(module: LoadedModule, call: AgreementCall, values: readonly Value[], entry: Uint8Array) {
  if (call.kind === 'values') return module.call(call.export, values, { fuel: call.fuel });
  return module.validate(entry, { exportName: call.export, fuel: call.fuel });
}

async function answersOf({ bytes, hosts, limits, calls }: Job, { put, take }: Poison): Promise<string[]> {
  const imports = await hostsNamed(hosts);
  const engine = createEngine({ tier: tier as Tier, limits });
  let loaded: LoadResult;
  put();
  try {
    loaded = await engine.load(bytes, { imports });
  } finally {
    take();
  }
  if (!loaded.ok) return [`${loaded.fault.kind} ${loaded.fault.code} ${loaded.fault.offset}`];
  return calls.map((call) => {
    const values = call.kind === 'values' ? call.args.map(argument) : [];
    const entry = call.kind === 'validate' ? Uint8Array.from(Buffer.from(call.entry, 'hex')) : new Uint8Array(0);
    let result: CallResult | ValidateResult | undefined;
    let returned: readonly unknown[] = [];
    put();
    try {
      result = made(loaded.module, call, values, entry);
      returned = [receiptJson(result.receipt), result.diagnostics.stateDigest(), encodeReceipt(result.receipt)];
    } finally {
      take();
    }
    const verdict = 'verdict' in result ? result.verdict : '';
    return JSON.stringify([returned, verdict], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  });
}

function argument(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new RangeError(parsed.message);
}

let answers = 0;
const differing: string[] = [];
for (const [at, job] of [...goldenJobs(), ...randomJobs(), ...faultyJobs()].entries()) {
  const wanted = await answersOf(job, clean);
  const given = await answersOf(job, poison).catch((error: unknown) => {
    poison.take();
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  });
  answers += wanted.length;
  for (const [index, answer] of wanted.entries()) {
    if (answer !== given[index] && differing.length < 5) differing.push(`job ${at}: ${given[index]}, not ${answer}`);
  }
}
process.stdout.write(JSON.stringify({ answers, overwritten: poison.count, differing }));
