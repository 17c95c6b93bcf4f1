/**
 * `npm run attack`: what an adversary gets for its fuel, as a factor over what the median real program gets for it, in each tier. Exit
 * status 1 if a factor is above its bound.
 */
import { parseArgs } from 'node:util';
import { bytesOfText } from '../../spec/engine/load-text.js';
import { median } from '../time.js';
import { ATTACK_GUESTS, attackPieces } from './attack-guests.js';
import { attackRate, type MeasuredTier, programRates } from './measure.js';
import { search } from './search.js';

const HELP = `Usage: npm run attack [-- [options] [words...]]

Measures guests that take more time than they pay for. A row is the time of a unit of fuel over that of
the median real program, in the same process. Exit status 1 if one is above its bound.

  words            the guests whose names have all of them
  --tier <name>    interpreter or instrumented (default both)
  --bound <n>      greatest factor of a row without a bound of its own (default 10)
  --rounds <n>     measurements of each row, of which the median counts (default 3)
  --seconds <n>    search that long in each tier for dearer code (default 0, at most 3600)
  --seed <n>       of the search (default 1)
  --json           print one JSON document for each row, as it is measured
  --help
`;

const MEASURED: readonly MeasuredTier[] = ['interpreter', 'instrumented'];

interface Row {
  readonly name: string;
  readonly tier: MeasuredTier;
  /** Nanoseconds a unit. */
  readonly rate: number;
  readonly factor: number;
  readonly boundMax: number;
}

function numberOf(text: string, name: string, max: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`--${name} must be a number from 0 to ${max}, not ${text}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tier: { type: 'string' },
    bound: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

async function run(): Promise<number> {
  const tiers = MEASURED.filter((tier) => values.tier === undefined || values.tier === tier);
  if (tiers.length === 0)
    throw new RangeError(`there is no tier '${values.tier}'; the tiers are ${MEASURED.join(', ')}`);
  const bound = numberOf(values.bound, 'bound', 1e9);
  const rounds = Math.max(1, numberOf(values.rounds, 'rounds', 1000));
  const seconds = numberOf(values.seconds, 'seconds', 3600);
  const chosen = ATTACK_GUESTS.filter(({ name }) => positionals.every((word) => name.includes(word)));
  const rows: Row[] = [];
  const add = (row: Row, text?: string) => {
    rows.push(row);
    if (values.json) console.log(JSON.stringify(text === undefined ? row : { ...row, text }));
  };
  for (const tier of tiers) {
    const rates = await programRates(tier, rounds);
    const typical = median([...rates.values()]);
    if (values.json) console.log(JSON.stringify({ tier, programs: Object.fromEntries(rates), median: typical }));
    else console.log(`${tier}: ${rates.size} real programs, median ${typical.toFixed(3)} ns a unit`);
    for (const guest of chosen) {
      const rate = await attackRate(guest, bytesOfText(guest.text), tier, rounds);
      add({ name: guest.name, tier, rate, factor: rate / typical, boundMax: guest.boundMax ?? bound });
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[K${tier} ${rows.length}/${chosen.length * tiers.length} ${guest.name}`);
    }
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    if (seconds > 0) {
      const searched = { name: 'search', how: 'loop' } as const;
      const best = await search(attackPieces(), numberOf(values.seed, 'seed', 2 ** 31), seconds, (text) =>
        attackRate(searched, bytesOfText(text), tier, 1),
      );
      add(
        {
          name: `search, seed ${values.seed}, ${best.tried} tried`,
          tier,
          rate: best.rate,
          factor: best.rate / typical,
          boundMax: bound,
        },
        best.text,
      );
    }
  }
  const above = rows.filter(({ factor, boundMax }) => factor > boundMax);
  if (!values.json) print(rows, above.length);
  return above.length === 0 ? 0 : 1;
}

function print(rows: readonly Row[], above: number): void {
  const sorted = [...rows].sort((a, b) => b.factor - a.factor);
  for (const { name, tier, rate, factor, boundMax } of sorted) {
    const mark = factor > boundMax ? `above ${boundMax}` : '';
    console.log(
      `${factor.toFixed(1).padStart(9)} ${tier.padEnd(12)} ${rate.toFixed(2).padStart(10)} ns a unit  ${name}  ${mark}`,
    );
  }
  console.log(`${rows.length - above} of ${rows.length} within their bounds`);
}

if (values.help) process.stdout.write(HELP);
else process.exitCode = await run();
