/** Boots modules in separate processes (`boot-child.ts`), as often as requested. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BootReport } from './boot-child.js';
import type { SampleModule } from './sample-modules.js';
import { median } from './time.js';

const CHILD = fileURLToPath(new URL('boot-child.js', import.meta.url));

export type BootWay = 'interpreter' | 'instrumented' | 'auto' | 'WebAssembly' | 'polywasm' | 'phases' | 'phases, warm';

/** @param work receives a file with the module, and the path of a folder for a disk cache, which does not exist yet */
export function withModuleFile<T>({ bytes }: SampleModule, work: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'assay-boot-'));
  try {
    const file = join(folder, 'module.wasm');
    writeFileSync(file, bytes);
    return work(file, join(folder, 'cache'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The median of each figure over several processes. */
export function bootedInProcesses(file: string, way: BootWay, processes: number, folder?: string): BootReport {
  const args = ['--expose-gc', CHILD, file, way, ...(folder === undefined ? [] : [folder])];
  const reports = Array.from(
    { length: processes },
    () => JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as BootReport,
  );
  return Object.fromEntries(Object.keys(reports[0]!).map((key) => [key, median(reports.map((one) => one[key]!))]));
}
