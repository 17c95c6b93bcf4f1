/**
 * A node without host functions, only with a log of what they did: each call is made in the interpreter with the
 * functions and recorded; its result is that of the same call made again from the log alone, on another engine.
 */
import type { LoadFault } from '../base/fault.js';
import { fromHex } from '../base/hash.js';
import { defineLimits, LIMITS_1, type Limits } from '../base/limits.js';
import { createEngine, type Engine, type LoadResult } from '../engine/engine.js';
import type { HostImport } from '../engine/imports/host-import.js';
import type { Tier } from '../engine/tier.js';
import type { AgreementCall, AgreementModule, AgreementSubject, AgreementZomes } from './agreement-call.js';
import { agreementHost } from './agreement-host.js';
import { type HostLogEntry, recordingImports, replayingImports } from './host-log.js';
import { hostsNamed } from './host-set.js';
import type { AgreementNode } from './node.js';
import { answerOf, answerOfOp, answerOfValidation, DIGEST_PAGES_MAX, type NodeAnswer } from './node-answer.js';
import { runtimeName } from './runtime-name.js';

export interface HostLogNodeOptions {
  readonly name?: string;
  /** The tier of the engine that works from the log. */
  readonly tier?: Tier;
  /** Called with each log, as JSON, before it is used. */
  readonly onLog?: (log: string) => void;
}

export function hostLogNode({ name = 'host-log', tier = 'auto', onLog }: HostLogNodeOptions = {}): AgreementNode {
  const run = async (module: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]> => {
    const limits = module.limits === undefined ? LIMITS_1 : defineLimits('agreement', module.limits);
    if ('zomes' in module) return answersOfZomes(module, calls, limits, tier);
    const imports = await hostsNamed(module.hosts);
    const recorder = createEngine({ tier: 'interpreter', limits });
    const replayer = createEngine({ tier, limits });
    const answers: NodeAnswer[] = [];
    for (const call of calls) {
      const log: HostLogEntry[] = [];
      await answered(recorder, module, recordingImports(imports, log), call);
      const text = JSON.stringify(log);
      onLog?.(text);
      answers.push(await answered(replayer, module, replayingImports(imports, JSON.parse(text)), call));
    }
    return answers;
  };
  return { name, describe: async () => runtimeName(), run, close: async () => undefined };
}

async function answered(
  engine: Engine,
  module: AgreementModule,
  imports: readonly HostImport[],
  call: AgreementCall,
): Promise<NodeAnswer> {
  const loaded: LoadResult = await engine.load(module.bytes, { imports });
  if (loaded.ok) return answerOf(loaded.module, call);
  const { kind, code, offset } = loaded.fault;
  return { kind: 'fault', fault: { kind, code, offset } };
}

function faults(calls: readonly AgreementCall[], { kind, code, offset }: LoadFault): readonly NodeAnswer[] {
  return calls.map(() => ({ kind: 'fault', fault: { kind, code, offset } }));
}

/** The log of zomes is the recording of a validation, which is repeated by zomes without any dependencies. */
async function answersOfZomes(
  zomes: AgreementZomes,
  calls: readonly AgreementCall[],
  limits: Limits,
  tier: Tier,
): Promise<readonly NodeAnswer[]> {
  const { dependencies: _, ...alone } = zomes;
  const recorder = await agreementHost(createEngine({ tier: 'interpreter', limits }), zomes);
  const replayer = await agreementHost(createEngine({ tier, limits }), alone);
  if (!recorder.ok) return faults(calls, recorder.fault);
  if (!replayer.ok) return faults(calls, replayer.fault);
  const { host, ...options } = recorder.value;
  return calls.map((call) => {
    const answer = answerOfOp(recorder.value, call);
    if (answer.kind !== 'validation' || answer.calls.length === 0 || call.kind !== 'op') return answer;
    const op = fromHex(call.op);
    const { recording } = host.validateOp(op, { ...options, fuel: call.fuel });
    const replayed = replayer.value.host.validateOp(op, { fuel: call.fuel, replay: structuredClone(recording) });
    return answerOfValidation(replayed, DIGEST_PAGES_MAX);
  });
}
