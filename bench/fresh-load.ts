/** Loads a module in a separate process (`load-child.ts`), as often as requested. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadReport } from './load-child.js';
import type { Tier } from './tiers.js';

const CHILD = fileURLToPath(new URL('load-child.js', import.meta.url));

export function loadFresh(bytes: Uint8Array, tier: Tier, processes: number, warmRounds: number): readonly LoadReport[] {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const file = join(folder, 'module.wasm');
  try {
    writeFileSync(file, bytes);
    const args = ['--expose-gc', CHILD, file, tier.name, String(warmRounds)];
    return Array.from(
      { length: processes },
      () => JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as LoadReport,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
