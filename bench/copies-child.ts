/**
 * Prints, as JSON, how often a call of the engine copies a whole payload: `copies-child.js TIER BYTES PAGES`. Runs in a
 * separate process, because the counter must be loaded before the engine.
 */
import { copyCounter } from './count-copies.js';

const { count } = copyCounter();
const { createEngine } = await import('../src/engine/engine.js');
const { TIERS } = await import('../src/engine/tier.js');
const { defineLimits } = await import('../src/base/limits.js');
const { payloadGuest } = await import('./payload-guest.js');

const [tierName, ...numbers] = process.argv.slice(2);
const [bytes, pages] = numbers.map(Number) as [number, number];
const tier = TIERS.find((name) => name === tierName);
if (tier === undefined) throw new Error(`no tier '${tierName}'`);

const limits = defineLimits('count-copies', { pages, payloadBytes: Math.max(bytes, 16 * 1024 * 1024) });
const loaded = await createEngine({ tier, limits }).load(payloadGuest(bytes));
if (!loaded.ok) throw new Error(loaded.fault.code);
const { module } = loaded;
const fuel = Number.MAX_SAFE_INTEGER;
const options = { fuel, isDecodable: () => true };
const payload = new Uint8Array(bytes).fill(0xc0);
const small = Uint8Array.of(0xc0);
// Into an instance that was used before, as in most calls.
module.callBytes('take', small, options);
process.stdout.write(
  JSON.stringify({
    in: count(bytes, () => void module.callBytes('take', payload, options)),
    out: count(bytes, () => void module.callBytes('give', small, options)),
    validate: count(bytes, () => void module.validate(payload, { exportName: 'take', fuel })),
  }),
);
