/** The results of policies on a trace in caches of several sizes, as data, as a table and as panels of a plot. */
import { columns, grouped } from '../../src/cli/layout.js';
import type { Panel } from './plot.js';
import type { Definition, Policy } from './policies.js';
import { type PolicyGuests, type SimulationResult, simulate } from './simulation.js';
import { factsOf, type Trace, type TraceFacts } from './trace.js';

export interface Row extends SimulationResult {
  readonly policy: string;
  readonly bytes: number;
}

export interface Report {
  readonly trace: string;
  readonly about: string;
  readonly facts: TraceFacts;
  readonly definition: Definition;
  readonly rows: readonly Row[];
}

export interface Asked {
  readonly policies: readonly Policy[];
  /** Bytes, or a share of the bytes of all objects: `100000`, `5%`. */
  readonly sizes: readonly string[];
  readonly definition: Definition;
}

export class SizeFault extends Error {}

/** Below this, parts of some policies have no bytes. */
const BYTES_MIN = 100;

/** @throws SizeFault */
export function bytesOfSize(size: string, { objectBytes }: TraceFacts): number {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(size);
  if (match === null) throw new SizeFault(`'${size}' is no size: 1000000 or 10%`);
  const bytes = Math.round(match[2] === '' ? Number(match[1]) : (objectBytes * Number(match[1])) / 100);
  if (bytes < BYTES_MIN || !Number.isSafeInteger(bytes)) {
    throw new SizeFault(`a cache of ${bytes} bytes (${size}) cannot be simulated: the least is ${BYTES_MIN}`);
  }
  return bytes;
}

/** @throws SizeFault before anything runs */
export async function reportOf(
  trace: Trace,
  guests: PolicyGuests,
  { policies, sizes, definition }: Asked,
  took: (requests: number) => void = () => undefined,
): Promise<Report> {
  const facts = factsOf(trace);
  const bytesOf = sizes.map((size) => bytesOfSize(size, facts));
  const rows: Row[] = [];
  for (const policy of policies) {
    for (const bytes of bytesOf) {
      const sizing = { bytes, meanBytes: facts.objectBytes / facts.objects, definition };
      rows.push({ policy: policy.name, bytes, ...(await simulate(guests, policy, trace, sizing, took)) });
    }
  }
  return { trace: trace.name, about: trace.about, facts, definition, rows };
}

export const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** @param bold style of the column heads */
export function tableOf({ trace, about, facts, definition, rows }: Report, bold: (text: string) => string): string {
  const head = ['policy', 'bytes', 'of all', 'hits', 'byte hits', 'price saved', 'fuel a request'];
  const cells = rows.map(({ policy, bytes, hits, hitBytes, missPrice, fuel }) => [
    policy,
    grouped(bytes),
    percent(bytes / facts.objectBytes),
    percent(hits / facts.requests),
    percent(hitBytes / facts.requestedBytes),
    percent(1 - missPrice / facts.price),
    grouped(Math.round(fuel / facts.requests)),
  ]);
  const counts = `${grouped(facts.requests)} requests for ${grouped(facts.objects)} objects of ${grouped(facts.objectBytes)} bytes`;
  const lines = columns([head.map((name) => ({ text: name, style: bold })), ...cells], [1, 2, 3, 4, 5, 6]);
  return [`${trace}: ${counts}`, `${about}; definitions: ${definition}`, '', ...lines, ''].join('\n');
}

export function panelsOf({ facts, rows }: Report): readonly Panel[] {
  const panel = (title: string, missed: (row: Row) => number): Panel => ({
    title,
    lines: [...new Set(rows.map(({ policy }) => policy))].map((name) => ({
      name,
      points: rows
        .filter(({ policy }) => policy === name)
        .map((row) => [row.bytes / facts.objectBytes, missed(row)] as const),
    })),
  });
  return [
    panel('requests that miss', ({ hits }) => 1 - hits / facts.requests),
    panel('bytes that miss', ({ hitBytes }) => 1 - hitBytes / facts.requestedBytes),
    panel('load price that is paid', ({ missPrice }) => missPrice / facts.price),
  ];
}
