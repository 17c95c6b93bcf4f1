/** The worker of the page: opens modules and bundles, runs them in both tiers, takes the profile. Nothing of it touches a network. */
import { describeFault } from '../src/base/fault.js';
import { toHex } from '../src/base/hash.js';
import { decodeValue } from '../src/boundary/codec.js';
import { messagePackFromJson } from '../src/boundary/json-read.js';
import type { MessagePackValue } from '../src/boundary/messagepack.js';
import { encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import type { Verdict } from '../src/boundary/validation.js';
import { exportListings, importListings } from '../src/engine/describe/description.js';
import { featuresUsed } from '../src/engine/describe/features-used.js';
import { createEngine } from '../src/engine/engine.js';
import type { ByteCallResult, CallResult, LoadedModule } from '../src/engine/loaded-module.js';
import { receiptJson } from '../src/engine/receipt/receipt-json.js';
import { ProfileMerge } from '../src/profile/merge-profiles.js';
import { Profiler } from '../src/profile/profile-of.js';
import { parseValue, printValue, type Value } from '../src/wasm/value.js';
import { BUNDLE_LIMITS, dnasOf, readBundle } from '../src/zome/bundle.js';
import { noVerdictText } from '../src/zome/callback-result.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { readDependencies, sourceOfDependencies } from '../src/zome/dependency-file.js';
import { NO_DEPENDENCIES } from '../src/zome/dependency-source.js';
import { dnaDefinitionOf } from '../src/zome/dna-definition.js';
import { op } from '../src/zome/op.js';
import { opFaults } from '../src/zome/op-check.js';
import type { ZomeDefinition } from '../src/zome/zome.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import { ZOME_JSON } from '../src/zome/zome-json.js';
import type { Asked, Opened, OpenedModule, Ran, RanCall, RanTier, Run, Told } from './messages.js';

const TIERS = ['interpreter', 'instrumented'] as const;
type AskedTier = (typeof TIERS)[number];

/** One file in one tier. */
interface Subject {
  readonly modules: ReadonlyMap<string, LoadedModule>;
  readonly host: ZomeHost | undefined;
}

const profiler = new Profiler();
let subjects: ReadonlyMap<AskedTier, Promise<Subject>> = new Map();

type AnyCall = Pick<CallResult, 'receipt' | 'diagnostics' | 'hostCalls'> & {
  readonly outcome: CallResult['outcome'] | ByteCallResult['outcome'];
};

async function open(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Opened> {
  const { definitions, dna } = await definitionsOf(name, bytes);
  const subject = await subjectOf(definitions, dna, 'interpreter');
  // The other tier is made while the page shows this one.
  const second = subjectOf(definitions, dna, 'instrumented');
  second.catch(() => undefined);
  subjects = new Map([
    ['interpreter', Promise.resolve(subject)],
    ['instrumented', second],
  ]);
  const { modules, host } = subject;
  return {
    name,
    modules: [...modules].map(([zome, module]) => describe(zome, module)),
    takesOps: host !== undefined,
    generation: host?.generation,
  };
}

interface Definitions {
  readonly definitions: readonly ZomeDefinition[];
  readonly dna: ReturnType<typeof dnaDefinitionOf> | undefined;
}

async function definitionsOf(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Definitions> {
  if (bytes[0] === 0 && bytes[1] === 0x61) {
    return { definitions: [{ name: name.replace(/\.wasm$/, ''), wasm: bytes }], dna: undefined };
  }
  if (bytes.length > BUNDLE_LIMITS.packedBytes) throw new Error(`${name} is too large for a bundle`);
  const read = await readBundle(bytes);
  if (!read.ok) throw new Error(`${name} is no module and no bundle: ${read.fault.code}, ${read.fault.detail}`);
  const [first] = dnasOf(read.bundle);
  if (first === undefined) throw new Error(`${name} has no DNA`);
  const { dna } = first;
  const definitions = dna.zomes.flatMap(({ wasm, ...zome }) => (wasm === undefined ? [] : [{ ...zome, wasm }]));
  return { definitions, dna: dnaDefinitionOf(dna) };
}

async function subjectOf(
  definitions: readonly ZomeDefinition[],
  dna: Definitions['dna'],
  tier: AskedTier,
): Promise<Subject> {
  const engine = createEngine({ tier: tier === 'interpreter' ? 'interpreter' : 'auto' });
  const modules = new Map<string, LoadedModule>();
  for (const { name, wasm } of definitions) {
    const loaded = await engine.load(wasm);
    if (!loaded.ok) {
      throw new Error(`${name} is ${loaded.fault.kind}: ${describeFault(loaded.fault)} [${loaded.fault.code}]`);
    }
    modules.set(name, loaded.module);
  }
  const isZome = [...modules.values()].some((module) =>
    module.metered.module.imports.some(({ name }) => name.startsWith('__hc__')),
  );
  if (!isZome) return { modules, host: undefined };
  const made = await createZomeHost({ engine, zomes: definitions, dnaInfo: dna ?? {} });
  if (!made.ok) throw new Error(`${made.zome} is ${made.fault.kind}: ${describeFault(made.fault)}`);
  return { modules: new Map(made.host.zomes.map(({ name, module }) => [name, module])), host: made.host };
}

function describe(name: string, module: LoadedModule): OpenedModule {
  // Not `module.describe`: that meters every body.
  const { metered } = module;
  const imports = importListings(metered.module);
  const exports = exportListings(metered.module);
  const functions = exports.filter(({ kind }) => kind === 'function');
  return {
    name,
    hash: module.hash,
    bytes: metered.module.bytes.length,
    loadPrice: metered.loadPrice,
    instantiationCharge: metered.instantiationCharge,
    features: featuresUsed(metered.module),
    imports: imports.map((item) => ({ name: `${item.module}.${item.name}`, type: item.type })),
    functions: functions.map((item) => {
      const [params = '', results = ''] = item.type.split(' -> ');
      const inner = params.slice(1, -1);
      return { name: item.name, params: inner === '' ? [] : inner.split(', '), results };
    }),
    takesEntries:
      imports.length === 0 &&
      ['validate', '__hc__allocate_1'].every((one) => functions.some((item) => item.name === one)),
  };
}

function jsonValue(what: string, text: string): MessagePackValue {
  const read = messagePackFromJson(text, ZOME_JSON);
  if (read.ok) return read.value;
  throw new Error(`${what}, line ${read.fault.line}, column ${read.fault.column}: ${read.fault.reason}`);
}

interface Made {
  readonly verdict: Verdict | undefined;
  readonly calls: readonly { readonly name: string; readonly call: AnyCall }[];
}

function make(subject: Subject, run: Run, fuel: number): Made {
  if (run.kind === 'op') return makeOp(subject, run, fuel);
  const module = subject.modules.get(run.module);
  if (module === undefined) throw new Error(`there is no module ${run.module}`);
  if (run.kind === 'entry') {
    const call = module.validate(encodeMessagePack(jsonValue('the entry', run.json)), { fuel });
    return { verdict: call.verdict, calls: [{ name: 'validate', call }] };
  }
  const values = run.values.map(argumentOf);
  return { verdict: undefined, calls: [{ name: run.name, call: module.call(run.name, values, { fuel }) }] };
}

function argumentOf(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.message);
}

function makeOp({ host }: Subject, run: Extract<Run, { kind: 'op' }>, fuel: number): Made {
  if (host === undefined) throw new Error('this is not a Holochain zome');
  const { generation } = host;
  const decoded = decodeValue(op(generation), jsonValue('the op', run.json));
  if (!decoded.ok)
    throw new Error(`the op is none of generation ${generation}: ${decoded.error.reason} at ${decoded.error.path}`);
  const faults = opFaults(decoded.value, generation, 'hashes');
  if (faults.length > 0) {
    const text = faults.map(({ path, detail }) => `${path}: ${detail}`).join('; ');
    throw new Error(`a conductor would not pass this op to a zome: ${text}`);
  }
  let dependencies = NO_DEPENDENCIES;
  if (run.deps.trim() !== '') {
    const read = readDependencies(jsonValue('the dependencies', run.deps), generation);
    if (!read.ok) throw new Error(`the dependencies: ${read.error.reason} at ${read.error.path}`);
    dependencies = sourceOfDependencies(read.value, generation);
  }
  const { verdict, calls } = host.validateOp(decoded.value, { dependencies, fuel });
  return { verdict, calls: calls.map((call) => ({ name: call.zome, call })) };
}

async function runBoth(run: Run, fuel: number, tell: (ran: Ran) => void): Promise<Ran> {
  const tiers: RanTier[] = [];
  let first: Made | undefined;
  for (const tier of TIERS) {
    const subject = await subjects.get(tier)!;
    for (const module of subject.modules.values()) await module.settled();
    const begin = performance.now();
    const made = make(subject, run, fuel);
    const milliseconds = performance.now() - begin;
    first ??= made;
    tiers.push({
      asked: tier,
      ran: made.calls.map(({ call }) => call.diagnostics.tier),
      verdict: made.verdict === undefined ? undefined : verdictText(made.verdict),
      calls: made.calls.map(({ name, call }) => ranCall(name, call)),
      milliseconds,
    });
    if (tiers.length === 1) tell({ tiers, flame: undefined });
  }
  return { tiers, flame: flameOf(first!) };
}

function flameOf({ calls }: Made): Ran['flame'] {
  if (calls.length === 0) return undefined;
  const merge = new ProfileMerge();
  for (const { call } of calls) merge.add(profiler.profileOf(call, { blocks: false }));
  return merge.profile;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'Valid':
      return 'Valid';
    case 'Invalid':
      return `Invalid: ${verdict.reason}`;
    case 'UnresolvedDependencies':
      return 'UnresolvedDependencies';
    case 'NoVerdict':
      return `no verdict: ${noVerdictText(verdict.cause)}`;
  }
}

function ranCall(name: string, { outcome, receipt, hostCalls, diagnostics }: AnyCall): RanCall {
  return {
    name,
    outcome: outcomeText(outcome),
    receipt: receiptJson(receipt),
    hostCalls: hostCalls.map((one) => `${one.module}.${one.name}`),
    backtrace: diagnostics.backtrace().map((frame) => `${frame.name ?? ''} at byte ${frame.offset}`),
  };
}

function outcomeText(outcome: AnyCall['outcome']): string {
  switch (outcome.kind) {
    case 'returned':
      if ('output' in outcome) return `returned ${toHex(outcome.output.subarray(0, 64))}`;
      return `returned ${outcome.values.map(printValue).join(', ') || 'nothing'}`;
    case 'trapped':
    case 'breached':
      return `${outcome.kind} ${outcome.code}`;
    case 'exhausted':
      return `${outcome.kind} ${outcome.resource}`;
    case 'short-circuited':
      return outcome.kind;
  }
}

self.onmessage = async ({ data }: MessageEvent<{ readonly id: number; readonly asked: Asked }>) => {
  const { id, asked } = data;
  const tell = (told: Told): void => self.postMessage(told);
  try {
    if (asked.kind === 'open') tell({ id, ok: true, more: false, opened: await open(asked.name, asked.bytes) });
    else {
      const ran = await runBoth(asked.run, asked.fuel, (first) => tell({ id, ok: true, more: true, ran: first }));
      tell({ id, ok: true, more: false, ran });
    }
  } catch (error) {
    tell({ id, ok: false, message: error instanceof Error ? error.message : String(error) });
  }
};
