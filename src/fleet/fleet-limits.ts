/** Bounds of a fleet: of everything that is read from a queue or a store, by any writer, and of the work in progress in one process. */
import { LIMITS_1 } from '../base/limits.js';
import { ZOMES_MAX } from '../zome/zome.js';

export const FLEET_LIMITS = {
  /** bytes of a module */
  moduleBytes: LIMITS_1.moduleBytes,
  /** bytes of the dependencies that the inputs of a work share */
  dependencyBytes: 268_435_456,
  /** bytes of a work: its properties and names */
  workBytes: 1_048_576,
  /** zomes of a work */
  zomes: 2 * ZOMES_MAX,
  /** bytes of a pack: one input of the longest, with what it depends on */
  packBytes: 67_108_864,
  /** inputs of a pack */
  packInputs: 16_384,
  /** bytes at which a pack is closed and the next begun */
  packFullBytes: 524_288,
  /** bytes of a job: inputs by their hashes and names */
  jobBytes: 524_288,
  /** inputs of a job */
  jobInputs: 1_024,
  /** characters of a name of an input, of a worker, of a batch */
  nameLength: 500,
  /** characters of the JSON of a verdict; a longer reason is cut */
  verdictLength: 16_384,
  /** receipts of one input: one for each zome that is asked */
  receipts: ZOMES_MAX,
  /** bytes of a receipt */
  receiptBytes: 65_536,
  /** bytes of a line: the results of a job */
  lineBytes: 67_108_864,
  /** lines that a worker signs together */
  sheetLines: 64,
  /** lines of one job, after which its workers are taken not to agree */
  jobLines: 8,
  /** times that a job is begun, after which it is taken to end those who begin it */
  jobAttempts: 20,
  /** lines with failures of the host, after which the last of them is the result */
  hostFailures: 3,
  /** bytes of packs, and works, that a worker keeps */
  keptPackBytes: 134_217_728,
  keptWorks: 8,
} as const;
