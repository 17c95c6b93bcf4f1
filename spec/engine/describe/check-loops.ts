/**
 * Checks the loop analysis against runs: a loop reported as constant has the same number of turns in every entry. Turns
 * and entries come from the profile's metering blocks, which the analysis does not use.
 */
import { callGraph } from '../../../src/engine/describe/call-graph.js';
import type { LoopFacts } from '../../../src/engine/describe/loop-facts.js';
import type { MeteredModule } from '../../../src/metering/meter.js';
import type { Profile } from '../../../src/profile/profile.js';

interface WatchedLoop {
  readonly function: number;
  readonly loop: LoopFacts;
  /** Offsets of the metering blocks from which the loop is entered, and with which each turn begins. */
  readonly entry: number;
  readonly head: number;
  /** Turns and entries of the first run that reached it. */
  first: { readonly turns: number; readonly entries: number } | undefined;
  runs: number;
}

/** A loop was reported as constant, but is not. */
export class NotConstant extends Error {}

export class LoopCheck {
  readonly loops: readonly WatchedLoop[];
  /** Number of runs of constant loops that were compared with an earlier one. */
  compared = 0;

  /** @param isConstant which loops are reported as constant; replaced to show that the check can fail */
  constructor(
    metered: MeteredModule,
    isConstant = (loop: LoopFacts): boolean => !loop.endless && loop.decidedBy.length === 0,
  ) {
    const meter = metered.bodyMeter();
    const loops: WatchedLoop[] = [];
    callGraph(metered).functions.forEach((own, definedIndex) => {
      if (!own.loops.some(isConstant)) return;
      meter.meterBody(definedIndex);
      const { offsets, costs, count } = meter.blocks;
      for (const loop of own.loops.filter(isConstant)) {
        let block = 0;
        while (block < count && offsets[block]! <= loop.offset) block++;
        // A block without cost is not in a profile.
        if (costs[block] === 0 || costs[block - 1] === 0) continue;
        const [entry, head] = [offsets[block - 1]!, offsets[block]!];
        loops.push({ function: own.index, loop, entry, head, first: undefined, runs: 0 });
      }
    });
    this.loops = loops;
  }

  /** Compares a call that ended by itself with earlier ones. */
  add({ blocks }: Profile): void {
    const entries = new Map(blocks.map((block) => [block.offset, block.entries]));
    for (const watched of this.loops) {
      const run = { turns: entries.get(watched.head) ?? 0, entries: entries.get(watched.entry) ?? 0 };
      if (run.entries === 0) continue;
      watched.runs++;
      if (watched.first === undefined) {
        watched.first = run;
        if (run.turns % run.entries === 0) continue;
      } else this.compared++;
      const { first, function: index, loop } = watched;
      if (run.turns * first.entries === first.turns * run.entries && run.turns % run.entries === 0) continue;
      throw new NotConstant(
        `function ${index}, loop at 0x${loop.offset.toString(16)}: ${run.turns} turns in ${run.entries} entries, ` +
          `${first.turns} in ${first.entries} before`,
      );
    }
  }
}
