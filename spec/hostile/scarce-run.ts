/** A child's program: calls in every tier with little address space (`ulimit -v`); prints outcomes and receipts. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, receiptHash, toHex } from '../../src/index.js';
import { openDiskCache } from '../../src/store/index.js';

/** `(func (export "f") (result i32) (i32.const 42))`, with a memory. */
const MODULE = Uint8Array.from(
  Buffer.from('0061736d010000000105016000017f030201000503010001070501016600000a06010400412a0b', 'hex'),
);

const folder = mkdtempSync(join(tmpdir(), 'assay-scarce-'));
try {
  for (const tier of ['auto', 'interpreter'] as const) {
    const loaded = await createEngine({ tier, artefacts: await openDiskCache(folder) }).load(MODULE);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    await loaded.module.settled();
    for (let i = 0; i < 3; i++) console.log(tier, toHex(receiptHash(loaded.module.call('f').receipt)));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
