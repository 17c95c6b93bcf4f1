/**
 * Fewer and smaller calls on which two nodes still differ: reduces the calls before the differing one, then its fuel
 * limit, then its input or arguments. The module is unchanged. Greedy and bounded; each step runs both nodes.
 */
import { type AgreementCall, type AgreementSubject, inputOf, withInput } from './agreement-call.js';
import { differOnLast } from './find-disagreement.js';
import { leastFuel } from './least-fuel.js';
import type { AgreementNode } from './node.js';

/** Maximum steps for the input of one call. */
const STEPS_MAX = 300;

/** The calls up to a differing one, reduced; they differ on the last. */
export async function shrinkCalls(
  left: AgreementNode,
  right: AgreementNode,
  module: AgreementSubject,
  calls: readonly AgreementCall[],
): Promise<readonly AgreementCall[]> {
  const differ = async (tried: readonly AgreementCall[]) =>
    (await differOnLast(left, right, module, tried)) !== undefined;
  // A node may differ only sometimes; then the calls are kept unchanged.
  if (!(await differ(calls))) return calls;
  let kept = await withoutEarlier(calls, differ);
  kept = await withSmallerInput(kept, differ);
  const fuel = await leastFuel(left, right, module, kept);
  return fuel === undefined ? kept : [...kept.slice(0, -1), { ...kept.at(-1)!, fuel }];
}

type Differ = (calls: readonly AgreementCall[]) => Promise<boolean>;

async function withoutEarlier(calls: readonly AgreementCall[], differ: Differ): Promise<readonly AgreementCall[]> {
  const last = calls.at(-1)!;
  if (await differ([last])) return [last];
  let kept = calls;
  for (let length = (kept.length - 1) >> 1; length > 0; length >>= 1) {
    for (let at = 0; at + length < kept.length; ) {
      const tried = [...kept.slice(0, at), ...kept.slice(at + length)];
      if (await differ(tried)) kept = tried;
      else at += length;
    }
  }
  return kept;
}

async function withSmallerInput(calls: readonly AgreementCall[], differ: Differ): Promise<readonly AgreementCall[]> {
  const before = calls.slice(0, -1);
  let last = calls.at(-1)!;
  let steps = 0;
  let smaller = true;
  while (smaller && steps < STEPS_MAX) {
    smaller = false;
    for (const tried of smallerCalls(last)) {
      if (steps++ >= STEPS_MAX) break;
      if (!(await differ([...before, tried]))) continue;
      last = tried;
      smaller = true;
      break;
    }
  }
  return [...before, last];
}

function* smallerCalls(call: AgreementCall): Generator<AgreementCall> {
  if (call.kind === 'values') {
    for (const [index, text] of call.args.entries()) {
      const zero = text.replace(/:0x[0-9a-f]+$/, (bits) => `:0x${'0'.repeat(bits.length - 3)}`);
      if (zero !== text) yield { ...call, args: call.args.with(index, zero) };
    }
    return;
  }
  // Hardly any cut of an op is still an op; fast-check shrinks the ones that it has generated.
  if (call.kind === 'op') return;
  const input = inputOf(call);
  for (let bytes = input.length >> 1; bytes > 0; bytes >>= 1) {
    for (let at = 0; at < input.length; at += 2 * bytes) {
      yield withInput(call, input.slice(0, at) + input.slice(at + 2 * bytes));
    }
  }
}
