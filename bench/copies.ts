/** The copies of a whole payload in a call of the engine, counted in a separate process. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Copies {
  /** Into the guest, out of it, and into it by `validate`, whose codec puts the entry into an envelope. */
  readonly in: number;
  readonly out: number;
  readonly validate: number;
}

const CHILD = fileURLToPath(new URL('copies-child.js', import.meta.url));

export function copiesOf(tier: string, bytes: number, pages: number): Copies {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHILD, tier, `${bytes}`, `${pages}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Copies;
}
