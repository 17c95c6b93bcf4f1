/**
 * The open connections of a server. A client that reads nothing, or next to nothing, of a response for some time is
 * disconnected, whatever it sends meanwhile; when the service ends, all are.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Taking {
  /** Bytes that the client had read when its time began. */
  bytes: number;
  sinceMs: number;
  /** To requests of which at least the head has arrived. */
  readonly responses: Set<ServerResponse>;
}

/** How often connections are checked within their time. */
const LOOKS = 4;

export class OpenSockets {
  readonly #sockets = new Map<Socket, Taking>();
  readonly #timer: NodeJS.Timeout;

  /** @param idleMs the time in which a client has to read `idleBytes` of the waiting data */
  constructor(
    server: Server,
    readonly idleMs: number,
    readonly idleBytes: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, { bytes: 0, sinceMs: performance.now(), responses: new Set() });
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      const { responses } = this.#sockets.get(socket)!;
      responses.add(response);
      response.once('close', () => responses.delete(response));
    });
    this.#timer = setInterval(() => this.#look(performance.now()), Math.ceil(idleMs / LOOKS));
    this.#timer.unref();
  }

  /** Whether a response to a complete request is due, or one has begun. */
  isAnswering(socket: Socket): boolean {
    const { responses } = this.#sockets.get(socket)!;
    return [...responses].some((response) => response.headersSent || response.req.complete);
  }

  #look(nowMs: number): void {
    for (const [socket, taking] of this.#sockets) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken - taking.bytes >= this.idleBytes) {
        taking.bytes = taken;
        taking.sinceMs = nowMs;
      } else if (nowMs - taking.sinceMs > this.idleMs) socket.destroy();
    }
  }

  /** Ends all that are still open. */
  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
