/**
 * What the generator covers in a number of modules: every instruction, every fault and trap code, the exhaustion of
 * every resource. A kit finds no difference in things that it never generates.
 */
import { countByName } from '../../src/agreement/disassemble.js';
import { hostsNamed } from '../../src/agreement/host-set.js';
import { type GeneratedModule, moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { MUTATIONS } from '../../src/agreement/mutate-module.js';
import { FAULTS, type FaultKind } from '../../src/base/fault.js';
import { defineLimits, LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { createEngine } from '../../src/engine/engine.js';
import type { HostImport } from '../../src/engine/imports/host-import.js';
import type { CallResult, LoadedModule } from '../../src/engine/loaded-module.js';
import { validate } from '../../src/validate/validate.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';

/** How often, and in which module first. */
export interface Reached {
  count: number;
  first: number;
}

export type ReachedByName = ReadonlyMap<string, Reached>;

export interface GeneratorPower {
  readonly modules: number;
  readonly calls: number;
  readonly instructions: ReachedByName;
  /** `malformed bad-magic`, `trapped unreachable`, `exhausted fuel`, `returned`, `pages cap` ... */
  readonly ends: ReachedByName;
  /** The instructions and ends that were not reached. */
  readonly missing: readonly string[];
}

/** A breach requires the byte ABI, which generated modules do not use: `vectors/agreement/outcomes.json` has those. */
const KINDS: readonly FaultKind[] = ['malformed', 'invalid', 'refused', 'unlinkable', 'trapped', 'exhausted'];

/** A size at its cap is visible because less memory or table was paid for. */
const CAPS = ['pages', 'tableElements'] as const;

const WANTED: readonly string[] = [
  ...Object.entries(FAULTS).flatMap(([code, { kind }]) => (KINDS.includes(kind) ? [`${kind} ${code}`] : [])),
  'returned',
  'short-circuited',
  ...CAPS.map((cap) => `${cap} cap`),
];

const FUEL = 300_000;

class Tally {
  readonly reached = new Map<string, Reached>();

  add(name: string, module: number): void {
    const known = this.reached.get(name);
    if (known === undefined) this.reached.set(name, { count: 1, first: module });
    else known.count++;
  }
}

/** Modules from consecutive seeds, every fifth of them with a fault. */
export async function generatorPower(
  modules: number,
  onModule: (done: number) => void = () => undefined,
  firstSeed = 0,
): Promise<GeneratorPower> {
  const engine = createEngine({ tier: 'interpreter', moduleCacheBytes: 0 });
  const standard = await hostsNamed('standard');
  const instructions = new Tally();
  const ends = new Tally();
  let calls = 0;
  for (let seed = firstSeed; seed < firstSeed + modules; seed++) {
    onModule(seed - firstSeed);
    const generated = moduleOfSeed(seed);
    if (seed % 5 === 4) {
      addFaulty(ends, generated, seed);
      continue;
    }
    for (const name of countByName(decode(generated.bytes, LIMITS_1).module).keys()) instructions.add(name, seed);
    const loaded = await engine.load(generated.bytes, { imports: standard });
    if (!loaded.ok) throw new Error(`module ${seed} does not load: ${loaded.fault.code}`);
    addLinkFaults(ends, loaded.module, standard, seed);
    const results = callsOf(loaded.module, generated);
    calls += results.length;
    for (const { outcome } of results) ends.add(endOf(outcome), seed);
    if (seed % 5 === 0) await addCaps(ends, generated, results, standard, seed);
  }
  const missing = [
    ...INSTRUCTIONS.map(({ name }) => name).filter((name) => !instructions.reached.has(name)),
    ...WANTED.filter((name) => !ends.reached.has(name)),
  ];
  return { modules, calls, instructions: instructions.reached, ends: ends.reached, missing };
}

function callsOf(module: LoadedModule, { calls }: GeneratedModule): readonly CallResult[] {
  return calls.map((call) => module.call(call.export, call.args, { fuel: FUEL }));
}

function endOf(outcome: CallResult['outcome']): string {
  const detail = 'code' in outcome ? ` ${outcome.code}` : 'resource' in outcome ? ` ${outcome.resource}` : '';
  return `${outcome.kind}${detail}`;
}

/** The module with one mutation; each module gets the next mutation. */
function addFaulty(ends: Tally, { program }: GeneratedModule, seed: number): void {
  const mutation = MUTATIONS[Math.floor(seed / 5) % MUTATIONS.length]!;
  const faulty = mutation.apply(program);
  if (faulty === undefined) return;
  const limits = faulty.limits ?? LIMITS_1;
  const loaded = validate(decode(faulty.bytes, limits), limits);
  if (loaded.ok) throw new Error(`module ${seed} with '${mutation.name}' loads`);
  const { kind, code } = loaded.fault;
  if (code !== faulty.expected) throw new Error(`module ${seed} with '${mutation.name}': ${code}`);
  ends.add(`${kind} ${code}`, seed);
}

/** A host without the imported functions, and a host whose functions have another type. */
function addLinkFaults(ends: Tally, module: LoadedModule, standard: readonly HostImport[], seed: number): void {
  const others = standard.filter((row) => !('run' in row));
  const wrong = standard.map((row) =>
    'run' in row ? { ...row, type: { params: [...row.type.params, 'i32' as const], results: row.type.results } } : row,
  );
  for (const imports of [others, wrong]) {
    const fault = module.linkFault(imports);
    if (fault !== undefined) ends.add(`${fault.kind} ${fault.code}`, seed);
  }
}

/** With a cap at the initial size, nothing grows: if the fuel then differs, the cap was decisive. */
async function addCaps(
  ends: Tally,
  generated: GeneratedModule,
  free: readonly CallResult[],
  imports: readonly HostImport[],
  seed: number,
): Promise<void> {
  const { memories, tables } = decode(generated.bytes, LIMITS_1).module;
  const least = { pages: memories[0]?.min ?? 0, tableElements: tables.reduce((sum, { min }) => sum + min, 0) };
  for (const cap of CAPS) {
    const limits: Limits = defineLimits('capped', { [cap]: least[cap] });
    const loaded = await createEngine({ tier: 'interpreter', limits }).load(generated.bytes, { imports });
    if (!loaded.ok) throw new Error(`module ${seed} does not load under its own sizes: ${loaded.fault.code}`);
    const capped = callsOf(loaded.module, generated);
    const differs = capped.some(({ receipt }, at) => receipt.fuel.used !== free[at]!.receipt.fuel.used);
    if (differs) ends.add(`${cap} cap`, seed);
  }
}
