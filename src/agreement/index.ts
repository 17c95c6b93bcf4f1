/**
 * `assay/agreement`: checks that nodes agree. Needs fast-check to be installed.
 *
 *   import { agreement, byteString } from 'assay/agreement';
 */

export { type AgreementInput, type AgreementOptions, agreement } from './agreement.js';
export {
  type AgreementCall,
  type AgreementModule,
  type AgreementSubject,
  type AgreementZomes,
  callText,
  type LimitValues,
  type ModuleJson,
  moduleJson,
  moduleOfJson,
  OP_FUEL,
  opCall,
  type SubjectJson,
  type ZomesJson,
} from './agreement-call.js';
export { type AgreementCase, anyCase, caseOfModule } from './agreement-case.js';
export {
  AgreementCheck,
  type CheckOptions,
  type CheckReport,
  type PropertyName,
  type PropertyResult,
} from './agreement-check.js';
export { type AgreementTally, type AssertOptions, assertAgreement, DisagreementError } from './assert-agreement.js';
export { compareAnswers, type FieldDifference } from './compare-answers.js';
export {
  type DescribeOptions,
  type DescribeZomeOptions,
  describeAgreement,
  describeZomeAgreement,
} from './describe-agreement.js';
export { disassembleModule } from './disassemble.js';
export { replayLines } from './explain-disagreement.js';
export { faultyModule } from './faulty-module-arbitrary.js';
export { type Asked, askNodes, type Disagreement } from './find-disagreement.js';
export { type FuelSearchOptions, searchFuel } from './fuel-search.js';
export { type Localisation, localise } from './localise.js';
export {
  anyModule,
  type GeneratedCall,
  type GeneratedExport,
  GeneratedModule,
  type ModuleArbitraryOptions,
  type ModuleFeature,
  moduleOfSeed,
} from './module-arbitrary.js';
export type { FaultyModule } from './mutate-module.js';
export type { AgreementNode } from './node.js';
export {
  answerText,
  type NodeAnswer,
  type ReceiptAnswer,
  type ValidationAnswer,
  type ZomeCallAnswer,
} from './node-answer.js';
export { type EngineNodeOptions, engineNode } from './node-engine.js';
export { type GoldenRow, goldenNode, writeGolden } from './node-golden.js';
export { type HostLogNodeOptions, hostLogNode } from './node-host-log.js';
export { type ProcessNodeOptions, processNode } from './node-process.js';
export { type Channel, type OpenChannel, type RemoteNodeOptions, remoteNode } from './node-remote.js';
export { closeNodes, DEFAULT_NODES, NODE_NAMES, parseNode, parseNodes } from './node-spec.js';
export { VARIATIONS, type Variation, variedNode } from './node-variations.js';
export { type WorkerNodeOptions, workerNode } from './node-worker.js';
export { type HostileOpOptions, hostileOp } from './op-arbitrary.js';
export { REPLAY_FORMAT, type Recording, type Replay, replayName } from './replay.js';
export { readReplay, writeReplay } from './replay-file.js';
export { junitText, reportLines } from './report-text.js';
export { type Attempt, findUnresolvedLoop, type Resolve } from './unresolved-loop.js';
export {
  anyValue,
  argumentsOf,
  byteString,
  f32NanBits,
  f32Value,
  f64NanBits,
  f64Value,
  fuelLimitAtCharges,
  fuelLimitNear,
  i32Value,
  i64Value,
  type MessagePackLike,
  messagePackLike,
  nullReference,
  valueOfType,
} from './values.js';
export { dependencyBytes, type ZomeAgreementOptions, zomeAgreement } from './zome-agreement.js';
