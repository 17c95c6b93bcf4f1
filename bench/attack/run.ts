/**
 * `npm run attack`: how much an adversary gets for its fuel, as a factor of what the median real program gets, in each
 * tier. Exit status 1 if a factor is above its bound.
 */
import { bytesOfText } from '../../spec/engine/load-text.js';
import { amount, flag, scriptLine, text, whole } from '../../spec/script-options.js';
import { realProgramRates } from '../calibration/programs.js';
import { median } from '../time.js';
import { ATTACK_GUESTS, attackPieces } from './attack-guests.js';
import { attackRate, type MeasuredTier, meet } from './measure.js';
import { search } from './search.js';

const MEASURED: readonly MeasuredTier[] = ['interpreter', 'instrumented'];

interface Row {
  readonly name: string;
  /** Why it has its own bound. */
  readonly reason?: string;
  readonly tier: MeasuredTier;
  /** Nanoseconds per unit. */
  readonly rate: number;
  readonly factor: number;
  readonly boundMax: number;
}

const {
  options,
  args: words,
  refuse,
} = scriptLine({
  name: 'attack',
  about:
    'Measures guests that take more time than they pay for. A row is the time of a unit of fuel over that of the median real ' +
    'program, in the same process. Exit status 1 if one is above its bound.',
  options: {
    tier: text('name', `${MEASURED.join(' or ')} (default: both)`),
    bound: amount('greatest factor of a row without a bound of its own', 10),
    rounds: whole('measurements of each row, of which the median counts', 3, 1),
    seconds: amount('search that long in each tier for dearer code', 0),
    seed: whole('of the search', 1),
    met: flag(
      'let every guest run once before the first is measured, so that none pays for V8 compiling the interpreter anew',
    ),
    json: flag('print one JSON document for each row, as it is measured'),
  },
  takes: [['[words...]', 'the guests whose names have all of them']],
});

async function run(): Promise<number> {
  const { bound, rounds, seconds, seed } = options;
  const tiers = MEASURED.filter((tier) => options.tier === undefined || options.tier === tier);
  if (tiers.length === 0) refuse(`there is no tier '${options.tier}'; there are ${MEASURED.join(', ')}`);
  const chosen = ATTACK_GUESTS.filter(({ name }) => words.every((word) => name.includes(word)));
  if (chosen.length === 0) refuse(`no guest has '${words.join("' and '")}' in its name`);
  const rows: Row[] = [];
  const add = (row: Row, text?: string) => {
    rows.push(row);
    if (options.json) console.log(JSON.stringify(text === undefined ? row : { ...row, text }));
  };
  for (const tier of tiers) {
    const rates = await realProgramRates(tier, rounds);
    const typical = median([...rates.values()]);
    if (options.json) console.log(JSON.stringify({ tier, programs: Object.fromEntries(rates), median: typical }));
    else console.log(`${tier}: ${rates.size} real programs, median ${typical.toFixed(3)} ns a unit`);
    if (options.met) for (const guest of chosen) await meet(guest, bytesOfText(guest.text), tier);
    for (const guest of chosen) {
      const rate = await attackRate(guest, bytesOfText(guest.text), tier, rounds);
      add({
        name: guest.name,
        tier,
        rate,
        factor: rate / typical,
        boundMax: guest.boundMax ?? bound,
        ...(guest.reason === undefined ? {} : { reason: guest.reason }),
      });
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001b[K${tier} ${rows.length}/${chosen.length * tiers.length} ${guest.name}`);
    }
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    if (seconds > 0) {
      const searched = { name: 'search', how: 'loop' } as const;
      const best = await search(attackPieces(), seed, seconds, (text) =>
        attackRate(searched, bytesOfText(text), tier, 1),
      );
      add(
        {
          name: `search, seed ${seed}, ${best.tried} tried`,
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
  if (!options.json) print(rows, above.length);
  return above.length === 0 ? 0 : 1;
}

function print(rows: readonly Row[], above: number): void {
  const sorted = [...rows].sort((a, b) => b.factor - a.factor);
  for (const { name, tier, rate, factor, boundMax, reason } of sorted) {
    const own = reason === undefined ? '' : `bound ${boundMax}: ${reason}`;
    const mark = factor > boundMax ? `above ${boundMax}` : own;
    console.log(
      `${factor.toFixed(1).padStart(9)} ${tier.padEnd(12)} ${rate.toFixed(2).padStart(10)} ns a unit  ${name}  ${mark}`,
    );
  }
  console.log(`${rows.length - above} of ${rows.length} within their bounds`);
}

process.exitCode = await run();
