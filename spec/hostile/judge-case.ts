/** Runs a hostile case in a separate child with a bounded heap: it must end by itself, in bounded processor time. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HEAP_MEGABYTES, SECONDS_MAX } from './hostile-case.js';

const PROGRAM = fileURLToPath(new URL('case-run.js', import.meta.url));
/** On a busy machine a child gets less than one processor. */
const WALL_SECONDS_MAX = 12 * SECONDS_MAX;

export interface Judgement {
  readonly ok: boolean;
  /** The result, or why it failed. */
  readonly message: string;
  /** Of processor time. */
  readonly seconds: number;
}

export function judgeCase(name: string): Promise<Judgement> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MEGABYTES}`, PROGRAM, name], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text;
    });
    child.stderr.on('data', (text: Buffer) => {
      err = `${err}${text}`.slice(0, 4_000);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), WALL_SECONDS_MAX * 1000);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const line = out.trim().split('\n').at(-1) ?? '';
      if (status !== 0 || !line.startsWith('{')) {
        const why = /FATAL ERROR: [^\n]*|\w*Error: [^\n]*/.exec(err)?.[0] ?? err.trim().split('\n')[0] ?? '';
        resolve({ ok: false, message: `ended with ${signal ?? `status ${status}`}: ${why}`, seconds: 0 });
        return;
      }
      const { message, seconds } = JSON.parse(line) as { message: string; seconds: number };
      const ok = seconds <= SECONDS_MAX;
      resolve({ ok, message: ok ? message : `took ${seconds.toFixed(1)} s: ${message}`, seconds });
    });
  });
}
