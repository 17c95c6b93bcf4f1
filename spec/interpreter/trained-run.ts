/**
 * Run by `training.spec.ts` under `--allow-natives-syntax --trace-deopt`: lets V8 compile the loop after an engine has
 * trained it (with `early`: before), then runs attacks on it, and every numeric instruction on all kinds of operands. V8's deoptimisations are on stdout.
 */
import { ATTACK_GUESTS } from '../../bench/attack/attack-guests.js';
import { createEngine, type HostImport, type LoadedModule } from '../../src/index.js';
import { runLoop } from '../../src/interpreter/loop.js';
import { rare } from '../../src/interpreter/rare.js';
import { bytesOfText } from '../engine/load-text.js';
import { operandGuests } from './operand-guests.js';

const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'f', type: { params: ['i32'], results: ['i32'] }, run: (_, [value]) => [value!] },
];
/**
 * Fuel for a guest's instantiation and loop: `FUEL_EARLY` is too little to train the loop, `FUEL` trains it with the
 * first guest.
 */
const [FUEL_EARLY, FUEL] = [40_000, 200_000];

const optimize = new Function('compiled', '%OptimizeFunctionOnNextCall(compiled)') as (compiled: unknown) => void;
const isEarly = process.argv[2] === 'early';
const loops = ATTACK_GUESTS.filter(({ how }) => how === 'loop');
const plain = loops.filter(({ name }) => name.startsWith('instruction i64.'));
const guests = isEarly ? plain.slice(0, 20) : [...plain, ...loops];
const engine = createEngine({ tier: 'interpreter' });
for (const [i, { name, text }] of guests.entries()) {
  const module = await loaded(name, text);
  module.call('run', [], { fuel: isEarly ? FUEL_EARLY : FUEL });
  if (i > 0) continue;
  optimize(runLoop);
  optimize(rare);
}
if (!isEarly) {
  for (const { name, text, calls } of operandGuests()) {
    const module = await loaded(name, text);
    for (const [exportName, args] of calls) module.call(exportName, args, { fuel: FUEL });
  }
}

async function loaded(name: string, text: string): Promise<LoadedModule> {
  const load = await engine.load(bytesOfText(text), { imports: IMPORTS });
  if (!load.ok) throw new Error(`${name}: ${load.fault.code}`);
  console.log(`guest ${name}`);
  return load.module;
}
