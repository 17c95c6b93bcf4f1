/**
 * Time of a piece of work. The machine may be shared: other people's work lengthens the wall clock but not the CPU time
 * of this process, and V8's own threads (optimiser, collector) lengthen the CPU time but not the wall clock of a quiet
 * machine with a second core. Both are upper bounds of the time on a quiet machine, so the smaller counts.
 */
export interface Elapsed {
  /** The smaller of the two. */
  readonly ms: number;
  readonly wallMs: number;
  readonly cpuMs: number;
}

export function timed(work: () => void): Elapsed {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  work();
  const wallMs = performance.now() - wallBefore;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1000;
  return { ms: Math.min(wallMs, cpuMs), wallMs, cpuMs };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * Runs each piece of work once per round, in turn, so that a slow period of the machine affects all of them; returns
 * the median of each.
 */
export function interleaved<K extends string>(
  rounds: number,
  works: Readonly<Record<K, () => Elapsed>>,
): Readonly<Record<K, number>> {
  const names = Object.keys(works) as K[];
  const found = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) found.get(name)!.push(works[name]().ms);
  }
  return Object.fromEntries(names.map((name) => [name, median(found.get(name)!)])) as Record<K, number>;
}
