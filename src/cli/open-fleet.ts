/** The fleet queue that a command names, with its errors as errors of the command line. */
import { FleetError, type FleetErrorCode } from '../fleet/fleet-error.js';
import type { FleetQueue, QueueOptions } from '../fleet/fleet-queue.js';
import { openQueue, shownUrl } from '../fleet/open-queue.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT } from './exit-status.js';
import { printable } from './layout.js';

const ADVICE: Readonly<Record<FleetErrorCode, string>> = {
  option: 'see the --help of the command',
  library: 'install it beside assay',
  connection: 'check that the server runs and can be reached from here; run the command again to continue',
  queue:
    'check the rights of the user, and that all machines run the same version of assay; docs/FLEET.md lists the rights',
  missing: 'something was deleted from the queue; submit the batch again',
  content: 'something in the queue was changed or written by another program; docs/FLEET.md describes the checks',
};

export const QUEUE_HELP = `
URL is postgres://user@host/database or nats://host:4222/name. docs/FLEET.md lists what the server needs.`;

/** @throws CliError */
export async function withQueue<T>(
  url: string,
  options: QueueOptions,
  work: (queue: FleetQueue) => Promise<T>,
): Promise<T> {
  try {
    const queue = await openQueue(url, options);
    try {
      return await work(queue);
    } finally {
      await queue.close();
    }
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    const status = error.code === 'connection' ? EXIT.hostFailure : EXIT.usage;
    throw new CliError(
      `${printable(shownUrl(url))}: ${printable(error.message)}`,
      ADVICE[error.code],
      undefined,
      status,
    );
  }
}

/** Prints once per outage that the command is waiting for the server. */
export function waitNotice(console: Console): (error: FleetError) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const now = performance.now();
    if (now - saidMs > SAID_EVERY_MS) console.err(`waits for the server: ${printable(message)}`);
    saidMs = now;
  };
}

const SAID_EVERY_MS = 10_000;
