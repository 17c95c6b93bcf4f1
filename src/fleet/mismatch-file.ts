/** Writes a mismatch to a file: a replay for `assay agree replay` if a guest ran, otherwise the result of each side. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayName } from '../agreement/replay.js';
import { writeReplay } from '../agreement/replay-file.js';
import { toHex } from '../base/hash.js';
import type { Mismatch } from './dispute.js';

/** @returns the path of the file @throws the errors of writing a file */
export function writeMismatch(folder: string, { job, input, index, field, sides, replay }: Mismatch): string {
  if (replay !== undefined) {
    const path = join(folder, replayName(replay));
    writeReplay(path, replay);
    return path;
  }
  const said = sides.map(({ workers, says, isRight }) => ({
    workers: workers.map(({ key, kind }) => ({ worker: toHex(key), kind })),
    says,
    isRight,
  }));
  const document = { format: 'assay-fleet-mismatch-1', job: toHex(job), input, index, field, sides: said };
  const path = join(folder, `mismatch-${toHex(job).slice(0, 12)}-${index}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(document, undefined, 1)}\n`);
  return path;
}
