/** Replays as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readFileUpTo } from '../store/read-up-to.js';
import { parseReplay, type Recording, replayText } from './replay.js';

/** A module of `limits-1` in hexadecimal, and its calls. */
const REPLAY_BYTES_MAX = 268_435_456;

export function writeReplay(path: string, replay: Recording): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, replayText(replay));
}

/** @throws RangeError for a file that is not a replay, or the errors of reading a file */
export function readReplay(path: string): Recording {
  const bytes = readFileUpTo(path, REPLAY_BYTES_MAX);
  if (bytes.length > REPLAY_BYTES_MAX) throw new RangeError(`the file is longer than ${REPLAY_BYTES_MAX} bytes`);
  return parseReplay(Buffer.from(bytes).toString('utf8'));
}
