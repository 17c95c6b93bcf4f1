/** Opens the queue of a URL, and loads its library only then. */
import { FleetError } from './fleet-error.js';
import type { FleetQueue, QueueOptions } from './fleet-queue.js';

/** The beginnings of a queue's URL. */
export const QUEUE_SCHEMES: readonly string[] = ['postgres://', 'postgresql://', 'nats://', 'tls://'];

/**
 * @param url `postgres://user@host/database`, or `nats://host:4222/name`; the name is `assay` if none is given
 * @throws FleetError `option` for another URL, `library`, `connection`, `queue`
 */
export async function openQueue(url: string, options: QueueOptions = {}): Promise<FleetQueue> {
  if (url.startsWith('postgres://') || url.startsWith('postgresql://')) {
    const { openPostgresQueue } = await import('./postgres-queue.js');
    return await openPostgresQueue(url, options);
  }
  if (url.startsWith('nats://') || url.startsWith('tls://')) {
    const { openNatsQueue } = await import('./nats-queue.js');
    return await openNatsQueue(url, options);
  }
  throw new FleetError('option', `the URL of a queue begins with ${QUEUE_SCHEMES.join(', ')}`);
}

/** The URL without user and password, for messages. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
