/** The queues that every spec of the fleet runs on. */
import { type PostgresServer, startPostgres, whyNoPostgres } from '../billing/postgres-server.js';
import { type NatsServer, startNats, whyNoNats } from './nats-server.js';

export interface QueueKind {
  readonly name: string;
  /** Why it cannot run here. A build that checks everything (CI) fails because of it. */
  readonly missing: string | undefined;
  start(): Promise<void>;
  /** A URL for a new, empty queue. */
  place(): string;
  /** Ends the server abruptly, like a power cut, and restarts it. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function postgresQueues(): QueueKind {
  let server: PostgresServer | undefined;
  let count = 0;
  return {
    name: 'PostgreSQL',
    missing: whyNoPostgres(),
    start: async () => {
      server = await startPostgres();
    },
    place: () => server!.database(`fleet_${count++}`),
    restart: async () => {
      await server!.kill();
      await server!.start();
    },
    stop: async () => server?.stop(),
  };
}

export function natsQueues(): QueueKind {
  let server: NatsServer | undefined;
  let count = 0;
  return {
    name: 'NATS',
    missing: whyNoNats(),
    start: async () => {
      server = await startNats();
    },
    place: () => server!.url(`fleet_${count++}`),
    restart: async () => {
      await server!.kill();
      await server!.start();
    },
    stop: async () => server?.stop(),
  };
}

/** Declares a suite for each queue. */
export function onEachQueue(title: string, suite: (kind: QueueKind) => void): void {
  for (const kind of [postgresQueues(), natsQueues()]) {
    describe(`${title} (${kind.name})`, () => {
      before(async function () {
        if (kind.missing === undefined) return kind.start();
        if ((process.env['CI'] ?? '') !== '') throw new Error(kind.missing);
        console.warn(`not run: ${kind.missing}`);
        this.skip();
      });
      after(() => kind.stop());
      suite(kind);
    });
  }
}
