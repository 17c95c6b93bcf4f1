/**
 * The worker of the page: opens modules and bundles, runs them in both tiers, makes the profile. Nothing in it uses a
 * network.
 */
import type { AgreementZomes } from '../src/agreement/agreement-call.js';
import { toHex } from '../src/base/hash.js';
import type { Verdict } from '../src/boundary/validation.js';
import { exportListings, importListings } from '../src/engine/describe/description.js';
import { featuresUsed } from '../src/engine/describe/features-used.js';
import type { LoadedModule } from '../src/engine/loaded-module.js';
import { receiptJson } from '../src/engine/receipt/receipt-json.js';
import { ProfileMerge } from '../src/profile/merge-profiles.js';
import { Profiler } from '../src/profile/profile-of.js';
import { printValue } from '../src/wasm/value.js';
import { noVerdictText } from '../src/zome/callback-result.js';
import { type AnyCall, type Made, make, type ReadRun, readRun } from './asked-run.js';
import { exampleOp } from './example-op.js';
import type {
  Asked,
  Message,
  Opened,
  OpenedModule,
  Ran,
  RanCall,
  RanTier,
  Run,
  Told,
  ZomeTypesText,
} from './messages.js';
import { testTiers } from './property.js';
import { comparedWithRecording, recordedRun, savedRun } from './recording.js';
import { SourcePlaces } from './source-places.js';
import { Stepper } from './step.js';
import { type Contents, contentsOf, type Subject, subjectOf, TIERS } from './subject.js';

/** The file that is open. */
interface Open {
  readonly contents: Contents;
  readonly interpreter: Subject;
  /** Made on first use: the first verdict is the interpreter's and does not wait for it. */
  instrumented(): Promise<Subject>;
}

const profiler = new Profiler();
const places = new SourcePlaces();
let open: Open | undefined;
let stepper = new Stepper(places);
/** The last run, in the interpreter. */
let lastMade: Made | undefined;

function opened(): Open {
  if (open === undefined) throw new Error('no file is open');
  return open;
}

async function openFile({ name, bytes, role }: Extract<Asked, { kind: 'open' }>): Promise<Opened> {
  const contents = await contentsOf(name, bytes, role);
  const interpreter = await subjectOf(contents, 'interpreter');
  let instrumented: Promise<Subject> | undefined;
  open = {
    contents,
    interpreter,
    instrumented: () => {
      instrumented ??= subjectOf(contents, 'instrumented');
      return instrumented;
    },
  };
  lastMade = undefined;
  const { kind, roles, recording } = contents;
  return {
    name,
    kind,
    roles,
    role,
    modules: [...interpreter.modules].map(([zome, module]) => describe(zome, module)),
    takesOps: interpreter.host !== undefined,
    generation: interpreter.host?.generation,
    recorded: recording && recordedRun(recording),
  };
}

function describe(name: string, module: LoadedModule): OpenedModule {
  // Not `module.describe`: that meters every body.
  const { metered } = module;
  const imports = importListings(metered.module);
  const functions = exportListings(metered.module).filter(({ kind }) => kind === 'function');
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

/** The integrity zomes are called, in the interpreter. */
function zomeTypes(): ZomeTypesText {
  const { host } = opened().interpreter;
  if (host === undefined) return [];
  const entries = host.entryDefs();
  const types = host.zomeTypes();
  const integrity = host.zomes.filter(({ kind }) => kind === 'integrity');
  return integrity.map(({ name }, i) => {
    const defs = entries.ok
      ? (entries.defs.get(name) ?? []).map(({ id, visibility }) => {
          const text = 'value' in id ? id.value : id.kind;
          return visibility.kind === 'Private' ? `${text} (private)` : text;
        })
      : [`not known: ${noVerdictText(entries.cause)}`];
    const links = types.ok ? `${types.links[i]}` : `not known: ${types.reason}`;
    return { zome: name, text: `${defs.join(', ') || 'none'}; link types: ${links}` };
  });
}

function read(subject: Subject, run: Run, fuel: number): ReadRun {
  const recorded = opened().contents.recorded as AgreementZomes | undefined;
  return readRun(subject, run, fuel, recorded?.zome);
}

async function bothSubjects(): Promise<readonly [Subject, Subject]> {
  const { interpreter, instrumented } = opened();
  const second = await instrumented();
  for (const module of second.modules.values()) await module.settled();
  return [interpreter, second];
}

async function runBoth(run: Run, fuel: number, tell: (ran: Ran) => void): Promise<Ran> {
  const { interpreter, instrumented, contents } = opened();
  const asked = read(interpreter, run, fuel);
  const tiers: RanTier[] = [];
  lastMade = undefined;
  stepper = new Stepper(places);
  for (const tier of TIERS) {
    const subject = tier === 'interpreter' ? interpreter : await instrumented();
    for (const module of subject.modules.values()) await module.settled();
    const begin = performance.now();
    const made = make(subject, asked);
    const milliseconds = performance.now() - begin;
    lastMade ??= made;
    tiers.push({
      asked: tier,
      ran: made.calls.map(({ call }) => call.diagnostics.tier),
      verdict: made.verdict === undefined ? undefined : verdictText(made.verdict),
      calls: made.calls.map(({ name, call }) => ranCall(subject, name, call)),
      milliseconds,
    });
    if (tiers.length === 1) tell({ tiers, flame: undefined, expected: undefined });
  }
  const { recording } = contents;
  const expected = recording && comparedWithRecording(recording, interpreter, asked);
  return { tiers, flame: flameOf(lastMade!), expected };
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

function ranCall(subject: Subject, name: string, { outcome, receipt, hostCalls, diagnostics }: AnyCall): RanCall {
  const { module: hash } = receiptJson(receipt) as { readonly module: string };
  const module = [...subject.modules.values()].find((one) => one.hash === hash)?.metered.module;
  return {
    name,
    outcome: outcomeText(outcome),
    receipt: receiptJson(receipt),
    hostCalls: hostCalls.map((one) => `${one.module}.${one.name}`),
    backtrace: diagnostics.backtrace().map(({ name: frame, offset }) => places.placeText(module, frame ?? '', offset)),
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

function calledAt(index: number): AnyCall {
  const called = lastMade?.calls[index];
  if (called === undefined) throw new Error('this call has not run here; run it again');
  return called.call;
}

async function test({ run, fuel, inputs, seed }: Extract<Asked, { kind: 'test' }>, tell: (told: Told) => void) {
  const subjects = await bothSubjects();
  const asked = read(subjects[0], run, fuel);
  const functions = [...subjects[0].modules].flatMap(([name, module]) =>
    run.kind === 'function' && run.module === name ? describe(name, module).functions : [],
  );
  const params = functions.find(({ name }) => run.kind === 'function' && name === run.name)?.params ?? [];
  testTiers({ subjects, read: asked, params, inputs, seed }, (tested) => tell({ tested }));
}

/** The final response to the page; `tell` sends what is known before. */
async function answerTo(asked: Asked, tell: (told: Told) => void): Promise<Told> {
  switch (asked.kind) {
    case 'open':
      return { opened: await openFile(asked) };
    case 'types':
      return { types: zomeTypes() };
    case 'example':
      return { example: exampleOp(asked.action, opened().interpreter.host) };
    case 'run':
      return { ran: await runBoth(asked.run, asked.fuel, (ran) => tell({ ran })) };
    case 'step': {
      const stepped = stepper.stepTo(calledAt(asked.call), asked.fuel);
      return { stepped, memory: stepper.memoryAt(stepper.firstChange() ?? 0) };
    }
    case 'memory':
      return { memory: stepper.memoryAt(asked.at) };
    case 'test':
      await test(asked, tell);
      return {};
    case 'save': {
      const subjects = await bothSubjects();
      return { saved: savedRun(opened().contents, subjects, read(subjects[0], asked.run, asked.fuel)) };
    }
  }
}

self.onmessage = async ({ data }: MessageEvent<{ readonly id: number; readonly asked: Asked }>) => {
  const { id, asked } = data;
  const post = (message: Message): void => self.postMessage(message);
  try {
    const told = await answerTo(asked, (part) => post({ id, ok: true, more: true, told: part }));
    post({ id, ok: true, more: false, told });
  } catch (error) {
    post({ id, ok: false, message: error instanceof Error ? error.message : String(error) });
  }
};
