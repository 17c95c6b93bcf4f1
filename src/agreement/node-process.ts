/**
 * A node in a process of another runtime, or of the same runtime with other flags, another locale, or another time
 * zone. It runs the package's runner, and communicates over its standard streams.
 */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AgreementNode } from './node.js';
import { type OpenChannel, remoteNode } from './node-remote.js';

export interface ProcessNodeOptions {
  readonly name?: string;
  /** The program: a path or a name on the search path. */
  readonly command: string;
  /** Flags of the runtime, before the runner. */
  readonly flags?: readonly string[];
  readonly tier?: string;
  /** Memories of more pages are not digested. */
  readonly digestPagesMax?: number;
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The file that the runtime runs. Default: the package's runner. */
  readonly runner?: string;
  readonly timeoutMilliseconds?: number;
}

/** With its folder, because in the built package this code may be in a file of another folder. */
const RUNNER = fileURLToPath(new URL('../agreement/runner.js', import.meta.url));

/** Flags that some runtimes need before the script. */
function runtimeFlags(command: string): readonly string[] {
  const name = basename(command).replace(/\.exe$/, '');
  if (name === 'deno') return ['run', '--allow-all', '--no-prompt', '--quiet', '--node-modules-dir=manual'];
  if (name === 'qjs') return ['--std'];
  return [];
}

export function processNode(options: ProcessNodeOptions): AgreementNode {
  const { command, flags = [], tier = 'auto', environment = {}, runner = RUNNER } = options;
  const pages = options.digestPagesMax === undefined ? [] : [String(options.digestPagesMax)];
  const args = [...runtimeFlags(command), ...flags, runner, tier, ...pages];
  const open: OpenChannel = (receive, broke) => {
    const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    let closing = false;
    const ended = new Promise<void>((resolve) => {
      child.on('error', (error) => {
        broke(error.message);
        resolve();
      });
      child.on('close', (status, signal) => {
        const detail = complaint.trim().slice(-300);
        if (!closing)
          broke(`${basename(command)} ended with ${signal ?? `status ${status}`}${detail && `: ${detail}`}`);
        resolve();
      });
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    // Writes after the end are reported by the end itself.
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) receive(line);
    });
    return {
      send: (line) => void child.stdin.write(`${line}\n`),
      close: async () => {
        closing = true;
        child.stdin.end();
        child.kill();
        await ended;
      },
    };
  };
  const { timeoutMilliseconds } = options;
  return remoteNode({
    name: options.name ?? `process:${[command, ...flags].join(' ')}`,
    open,
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });
}
