/**
 * Nodes that vary conditions of another node that must not matter: the calls in another order, other calls between
 * them, or much memory held. None of them may change a result.
 */
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import type { AgreementNode } from './node.js';
import type { NodeAnswer } from './node-answer.js';

export type Variation = 'reversed' | 'shuffled' | 'disturbed' | 'pressure';

export const VARIATIONS: readonly Variation[] = ['reversed', 'shuffled', 'disturbed', 'pressure'];

export function variedNode(node: AgreementNode, variation: Variation): AgreementNode {
  const run = RUNS[variation];
  return {
    name: `${node.name}+${variation}`,
    ...(node.tier === undefined ? {} : { tier: node.tier }),
    describe: () => node.describe(),
    run: (module, calls) => run(node, module, calls),
    close: () => node.close(),
  };
}

type Run = (
  node: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
) => Promise<readonly NodeAnswer[]>;

/** `(module (memory 1) (func (export "f") (memory.fill ...)))`: fills its memory, then reads past its end. */
// biome-ignore format: sections line by line
const DISTURBANCE = Uint8Array.of(
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 5, 1, 0x60, 0, 1, 0x7f,
  3, 2, 1, 0,
  5, 3, 1, 0, 1,
  7, 5, 1, 1, 0x66, 0, 0,
  10, 21, 1, 19, 0, 0x41, 0, 0x41, 0xdf, 1, 0x41, 0x80, 0x80, 4, 0xfc, 11, 0, 0x41, 0x7f, 0x28, 2, 0, 0x0b,
);

const DISTURBING_CALL: AgreementCall = { kind: 'values', export: 'f', args: [], fuel: 1_000_000 };

const PRESSURE_BYTES = 192 << 20;

const RUNS: Readonly<Record<Variation, Run>> = {
  reversed: (node, module, calls) => inOrder(node, module, calls, [...calls.keys()].reverse()),
  shuffled: (node, module, calls) => inOrder(node, module, calls, shuffled(calls.length)),
  disturbed: async (node, module, calls) => {
    const answers: NodeAnswer[] = [];
    for (const call of calls) {
      await node.run({ bytes: DISTURBANCE, hosts: 'none' }, [DISTURBING_CALL]);
      // The same call, stopped halfway, leaves state that a careless reset would keep.
      await node.run(module, [{ ...call, fuel: 10_000 }]);
      answers.push(...(await node.run(module, [call])));
    }
    return answers;
  },
  pressure: async (node, module, calls) => {
    const held = new Uint8Array(PRESSURE_BYTES);
    for (let at = 0; at < held.length; at += 4096) held[at] = 1;
    const answers = await node.run(module, calls);
    // Read after the run, so that it is held during the run.
    return held[0] === 1 ? answers : [];
  },
};

async function inOrder(
  node: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
  order: readonly number[],
): Promise<readonly NodeAnswer[]> {
  const made = await node.run(
    module,
    order.map((index) => calls[index]),
  );
  const answers = new Array<NodeAnswer>(calls.length);
  for (const [at, index] of order.entries()) answers[index] = made[at];
  return answers;
}

/** A fixed permutation, so that a failure repeats: Fisher-Yates over a small generator. */
function shuffled(count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = count + 1;
  for (let last = count - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
