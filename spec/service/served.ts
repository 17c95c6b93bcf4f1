/** A service for specs: opened on a free port, with two tenants, and raw connections to it. */
import { connect, type Socket } from 'node:net';
import { openPool } from '../../src/pool/open-pool.js';
import { Client } from '../../src/service/client/client.js';
import { openService, type Service, type ServiceOptions } from '../../src/service/open-service.js';
import { makeToken, type TenantRow, TokenTable } from '../../src/service/tokens.js';
import { guestFile } from '../pool/pool-guests.js';

export const POST = guestFile('post/post.wasm');
export const DIVIDE = guestFile('wat/divide.wasm');
export const LINKS_WASM = guestFile('links/links.wasm');

export interface Served {
  readonly service: Service;
  readonly url: string;
  readonly port: number;
  /** Tokens of `acme`, which is an operator, and of `small`. */
  readonly acme: string;
  readonly small: string;
  readonly client: Client;
}

export interface ServedOptions extends Omit<Partial<ServiceOptions>, 'pool' | 'tokens'> {
  readonly threads?: number;
  readonly small?: Omit<TenantRow, 'name' | 'tokens'>;
  readonly memo?: boolean;
}

export async function served({
  threads = 1,
  small = {},
  memo = false,
  ...options
}: ServedOptions = {}): Promise<Served> {
  const tokens = [makeToken(), makeToken()] as const;
  const service = await openService({
    page: false,
    ...options,
    pool: openPool({ threads, ...(memo ? { memo: {} } : {}) }),
    hasMemo: memo,
    tokens: new TokenTable([
      { name: 'acme', tokens: [tokens[0].line], operator: true },
      { name: 'small', tokens: [tokens[1].line], ...small },
    ]),
  });
  const url = await service.listen();
  const [acme, second] = [tokens[0].token, tokens[1].token];
  const client = new Client({ url, token: acme, retries: 0 });
  return { service, url, port: Number(new URL(url).port), acme, small: second, client };
}

/** Everything that a raw connection received until it ended, or until a time-out. */
export function spoken(port: number, text: string | Uint8Array, ms = 20_000): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let heard = '';
    const timer = setTimeout(() => socket.destroy(), ms);
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    // A reset is an end like any other.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}

/** Sends a request, reads nothing of the response, and sends blank lines to seem busy. */
export function untaken(port: number, text: string, ms: number): Promise<'cut' | 'kept'> {
  return new Promise((resolve) => {
    let sent: NodeJS.Timeout | undefined;
    let end: 'cut' | 'kept' = 'cut';
    const socket = connect(port, '127.0.0.1', () => {
      socket.pause();
      socket.write(text);
      // A client that does not read notices only by sending that the other end is closed.
      sent = setInterval(() => socket.write('\r\n'), 50);
    });
    const late = setTimeout(() => {
      end = 'kept';
      socket.destroy();
    }, ms);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(sent);
      clearTimeout(late);
      resolve(end);
    });
  });
}

export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? 0);
}
