/** `assay serve` as a separate process, with its own tokens, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '../../src/service/client/client.js';
import { makeToken, writeTokens } from '../../src/service/tokens.js';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
const REPORT_MS = 60_000;
const COLLECTED = ['--expose-gc', '--import', new URL('./collected-memory.js', import.meta.url).href];
/** More than any tenant of a check uses. */
const PLENTY = { fuelPerSecond: 2 ** 52, bytesPerSecond: 2 ** 52, concurrency: 20_000 } as const;

export interface ServeChild {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** Token of a tenant without any balance. */
  readonly poor: string;
  readonly client: Client;
  /** A figure of `/metrics`. */
  figure(name: string): Promise<number>;
  /** The bytes that are used in so many threads after a collection; rejects if fewer report. */
  usedBytes(threads: number): Promise<number>;
  /** SIGTERM. @returns the exit status */
  stop(): Promise<number | null>;
}

export async function serveChild(...args: readonly string[]): Promise<ServeChild> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-serve-'));
  const [acme, poor] = [makeToken(), makeToken()];
  const tokens = join(folder, 'tokens.json');
  writeFileSync(
    tokens,
    writeTokens([
      { name: 'acme', tokens: [acme.line], operator: true, ...PLENTY },
      { name: 'poor', tokens: [poor.line], ...PLENTY },
    ]),
  );
  const child = spawn(process.execPath, [...COLLECTED, MAIN, 'serve', '--tokens', tokens, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await firstWord(child);
  const client = new Client({ url, token: acme.token, retries: 0 });
  return {
    url,
    port: Number(new URL(url).port),
    token: acme.token,
    poor: poor.token,
    client,
    figure: async (name) => {
      const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${acme.token}` } })).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    },
    usedBytes: async (threads) => {
      const reported = once(child, 'message', { signal: AbortSignal.timeout(REPORT_MS) });
      child.send(threads);
      return (await reported)[0] as number;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const status = await ended;
      rmSync(folder, { recursive: true, force: true });
      return status;
    },
  };
}

function firstWord(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout!.once('data', (text) => resolve(String(text).split(' ')[0]!));
    child.once('exit', (status) => reject(new Error(`assay serve ended with status ${status}`)));
  });
}
