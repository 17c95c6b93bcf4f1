/** The profiles of the same calls in Bun, Chromium and Firefox, from the same source: their bytes are those of this Node. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type BrowserType, chromium, firefox } from 'playwright-core';
import type { AskedTier } from '../../web/subject.js';
import { npmProgram } from '../agreement/runtimes.js';
import { type ProfileJob, profileHashes } from './profile-hashes.js';

type Ask = (job: ProfileJob, tier: AskedTier) => Promise<readonly string[]>;

interface Elsewhere {
  readonly ask: Ask;
  close(): Promise<void>;
}

export interface Compared {
  readonly passed: number;
  readonly failed: number;
}

const RUNTIMES: Readonly<Record<string, (folder: string) => Promise<Elsewhere | string>>> = {
  Bun: openBun,
  Chromium: (folder) => openBrowser(folder, chromium, '/usr/bin/chromium', { args: ['--no-sandbox'] }),
  Firefox: (folder) => openBrowser(folder, firefox, '/usr/bin/firefox-esr', { channel: 'moz-firefox' }),
};

/** Compares all jobs in both tiers with the interpreter of this process; a runtime that cannot be had is named with the reason. */
export async function compareElsewhere(jobs: readonly ProfileJob[]): Promise<Compared> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-profiles-'));
  let passed = 0;
  let failed = 0;
  try {
    const expected: (readonly string[])[] = [];
    for (const job of jobs) expected.push(await profileHashes(job, 'interpreter'));
    for (const [name, openRuntime] of Object.entries(RUNTIMES)) {
      const elsewhere = await openRuntime(folder);
      if (typeof elsewhere === 'string') {
        console.log(`${name} is left out: ${elsewhere}`);
        continue;
      }
      const before = passed;
      try {
        for (const [i, job] of jobs.entries()) {
          for (const tier of ['interpreter', 'instrumented'] as const) {
            const hashes = await elsewhere.ask(job, tier);
            job.calls.forEach((call, at) => {
              if (hashes[at] === expected[i]![at]) {
                passed += 1;
                return;
              }
              failed += 1;
              console.log(`${name}, ${tier}, ${call.name}: another profile`);
            });
          }
        }
      } finally {
        await elsewhere.close();
      }
      console.log(`${name}: ${passed - before} profiles are those of this Node`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { passed, failed };
}

async function bundled(folder: string, entry: string, format: 'esm' | 'iife'): Promise<string> {
  const outfile = join(folder, `${entry}.${format}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`./${entry}.js`, import.meta.url))],
    outfile,
    bundle: true,
    format,
    globalName: 'assayProfiles',
    platform: format === 'esm' ? 'node' : 'browser',
    target: 'es2022',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}

async function openBun(folder: string): Promise<Elsewhere | string> {
  const program = npmProgram(folder, 'Bun');
  if (!program.ok) return program.why;
  const child = spawn(program.path, [await bundled(folder, 'profile-process', 'esm')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (job, tier) => {
      child.stdin.write(`${JSON.stringify({ job, tier })}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error('Bun ended');
      return JSON.parse(value) as readonly string[];
    },
    close: async () => {
      child.stdin.end();
      await new Promise((ended) => child.on('close', ended));
    },
  };
}

async function openBrowser(
  folder: string,
  type: BrowserType,
  executablePath: string,
  options: object,
): Promise<Elsewhere | string> {
  if (!existsSync(executablePath)) return `there is no ${executablePath}`;
  const path = await bundled(folder, 'profile-hashes', 'iife');
  const browser = await type.launch({ executablePath, ...options });
  const page = await browser.newPage();
  await page.addScriptTag({ path });
  return {
    ask: (job, tier) =>
      page.evaluate(
        ([one, by]) =>
          (globalThis as unknown as { assayProfiles: { profileHashes: Ask } }).assayProfiles.profileHashes(one, by),
        [job, tier] as const,
      ),
    close: () => browser.close(),
  };
}
