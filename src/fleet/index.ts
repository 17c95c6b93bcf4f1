/**
 * `assay/fleet`: validations on many machines, through a queue in PostgreSQL or NATS JetStream. docs/FLEET.md.
 *
 *   import { openQueue, fleetWorker } from 'assay/fleet';
 */
export { shareOf } from './check-share.js';
export { type CollectedJob, Collector, type CollectorOptions } from './collector.js';
export type { Mismatch, MismatchSide } from './dispute.js';
export { FleetError, type FleetErrorCode } from './fleet-error.js';
export { FLEET_LIMITS } from './fleet-limits.js';
export type {
  BatchStatus,
  FleetQueue,
  JobLines,
  KeptLine,
  Lease,
  QueueOptions,
  WorkerIdentity,
  WorkerRecord,
} from './fleet-queue.js';
export { type BatchHead, type FleetJob, type JobInput, type PackedInput, readBatchHead, readJob } from './job.js';
export {
  type FailedItem,
  fuelOf,
  type Item,
  isFailed,
  type Line,
  type LineBody,
  LineReader,
  type RanItem,
} from './line.js';
export { writeMismatch } from './mismatch-file.js';
export { openQueue, QUEUE_SCHEMES } from './open-queue.js';
export { type FleetInput, openSubmitter, type Submitter, type SubmitterOptions } from './submitter.js';
export { type EntryWork, type OpWork, type Work, type WorkDna, type WorkZome, workDna } from './work.js';
export { type FleetWorker, type FleetWorkerOptions, fleetWorker, kindOfWorker, type WorkerCounts } from './worker.js';
