/** The scores in docs/AGREEMENT.md: a row per storey, written only by a run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { percent, type Score } from './score.js';
import { STOREYS, type Storey } from './storeys.js';

const PAGE = 'docs/AGREEMENT.md';
const BEGIN = '<!-- mutation -->';
const END = '<!-- /mutation -->';
const HEAD = [
  '| storey | score | 95 % interval | killed | tested of all | equivalents left out | seed | date |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
];

interface Row {
  readonly storey: Storey;
  readonly seed: number;
  readonly all: number;
  readonly score: Score;
  readonly equivalents: number;
}

/** @throws if the page has no place for it */
export function writeScore({ storey, seed, all, score, equivalents }: Row): void {
  const text = readFileSync(PAGE, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no ${BEGIN} with ${END} behind it`);
  const { killed, tested, share, low, high } = score;
  const date = new Date().toISOString().slice(0, 10);
  const own =
    `| ${storey.name} | ${percent(share)} % | ${percent(low)} to ${percent(high)} | ${killed} | ${tested} of ${all} | ` +
    `${equivalents} | ${seed} | ${date} |`;
  const rows = text.slice(begin, end).split('\n');
  const kept = STOREYS.flatMap(({ name }) =>
    name === storey.name ? own : rows.filter((row) => row.startsWith(`| ${name} |`)),
  );
  writeFileSync(PAGE, `${text.slice(0, begin)}${[BEGIN, ...HEAD, ...kept].join('\n')}\n${text.slice(end)}`);
}
