/**
 * Run by `training.spec.ts` under `--allow-natives-syntax --trace-deopt`: lets V8 compile the loop once an engine has trained it
 * (with `early`: before), then runs attacks on it. What V8 throws away is on stdout.
 */
import { ATTACK_GUESTS } from '../../bench/attack/attack-guests.js';
import { createEngine, type HostImport } from '../../src/index.js';
import { runLoop } from '../../src/interpreter/loop.js';
import { rare } from '../../src/interpreter/rare.js';
import { bytesOfText } from '../engine/load-text.js';

const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'f', type: { params: ['i32'], results: ['i32'] }, run: (_, [value]) => [value!] },
];
/** To instantiate one and to go round its loop; together less than trains the loop, and more with the first. */
const [FUEL_EARLY, FUEL] = [40_000, 200_000];

const optimize = new Function('compiled', '%OptimizeFunctionOnNextCall(compiled)') as (compiled: unknown) => void;
const isEarly = process.argv[2] === 'early';
const loops = ATTACK_GUESTS.filter(({ how }) => how === 'loop');
const plain = loops.filter(({ name }) => name.startsWith('instruction i64.'));
const guests = isEarly ? plain.slice(0, 20) : [...plain, ...loops];
const engine = createEngine({ tier: 'interpreter' });
for (const [i, { name, text }] of guests.entries()) {
  const load = await engine.load(bytesOfText(text), { imports: IMPORTS });
  if (!load.ok) throw new Error(`${name}: ${load.fault.code}`);
  console.log(`guest ${name}`);
  load.module.call('run', [], { fuel: isEarly ? FUEL_EARLY : FUEL });
  if (i > 0) continue;
  optimize(runLoop);
  optimize(rare);
}
