/** Runs functions of this source in other runtimes: plain data in, plain data out. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type BuildOptions, build } from 'esbuild';
import { type BrowserType, chromium, firefox } from 'playwright-core';
import { npmProgram } from './runtimes.js';

/** A function that a compiled file exports; its argument and result are JSON values. */
export interface Exported {
  /** The compiled file. */
  readonly path: string;
  readonly name: string;
}

export interface Elsewhere<Job, Answer> {
  ask(job: Job): Promise<Answer>;
  close(): Promise<void>;
}

type Open = <Job, Answer>(folder: string, work: Exported) => Promise<Elsewhere<Job, Answer> | string>;

/** By name: opens the runtime, or says why it is not available. The folder is for installed packages and bundles. */
export const ELSEWHERE: Readonly<Record<string, Open>> = {
  Bun: (folder, work) => openProcess(folder, work, 'Bun', []),
  Deno: (folder, work) => openProcess(folder, work, 'Deno', ['run', '--allow-all', '--no-prompt', '--quiet']),
  'newest Node': (folder, work) => openProcess(folder, work, 'newest Node', []),
  Chromium: (folder, work) => openBrowser(folder, work, chromium, '/usr/bin/chromium', { args: ['--no-sandbox'] }),
  Firefox: (folder, work) => openBrowser(folder, work, firefox, '/usr/bin/firefox-esr', { channel: 'moz-firefox' }),
};

async function bundled(folder: string, { name }: Exported, options: BuildOptions): Promise<string> {
  const outfile = join(folder, `${name}.${options.platform}.mjs`);
  const common: BuildOptions = { bundle: true, target: 'es2022', mainFields: ['module', 'main'], logLevel: 'error' };
  await build({ ...common, outfile, ...options });
  return outfile;
}

/** A job is a line of its input, a result is a line of its output. */
async function openProcess<Job, Answer>(
  folder: string,
  work: Exported,
  name: string,
  flags: readonly string[],
): Promise<Elsewhere<Job, Answer> | string> {
  const program = npmProgram(folder, name);
  if (!program.ok) return program.why;
  const contents = `import process from 'node:process';
    import { createInterface } from 'node:readline';
    import { ${work.name} as work } from ${JSON.stringify(work.path)};
    for await (const line of createInterface({ input: process.stdin })) {
      console.log(JSON.stringify(await work(JSON.parse(line))));
    }`;
  const script = await bundled(folder, work, {
    stdin: { contents, resolveDir: dirname(work.path) },
    format: 'esm',
    platform: 'node',
  });
  const child = spawn(program.path, [...flags, script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (job) => {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} ended`);
      return JSON.parse(value) as Answer;
    },
    close: async () => {
      child.stdin.end();
      await new Promise((ended) => child.on('close', ended));
    },
  };
}

async function openBrowser<Job, Answer>(
  folder: string,
  work: Exported,
  type: BrowserType,
  executablePath: string,
  options: object,
): Promise<Elsewhere<Job, Answer> | string> {
  if (!existsSync(executablePath)) return `there is no ${executablePath}`;
  const path = await bundled(folder, work, {
    entryPoints: [work.path],
    format: 'iife',
    platform: 'browser',
    globalName: 'assayElsewhere',
  });
  const browser = await type.launch({ executablePath, ...options });
  const page = await browser.newPage();
  await page.addScriptTag({ path });
  return {
    ask: (job) =>
      page.evaluate(
        ([name, given]) =>
          (globalThis as unknown as { assayElsewhere: Record<string, (job: unknown) => Answer> }).assayElsewhere[name]!(
            given,
          ),
        [work.name, job] as readonly [string, Job],
      ) as Promise<Answer>,
    close: () => browser.close(),
  };
}
