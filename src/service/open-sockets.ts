/**
 * The open connections of a server. A client that reads nothing, or next to nothing, of a response for some time is
 * disconnected, whatever it sends meanwhile; when the service ends, all are.
 */
import type { Server, Socket } from 'node:net';

interface Taking {
  /** Bytes that the client had read when its time began. */
  bytes: number;
  sinceMs: number;
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
      this.#sockets.set(socket, { bytes: 0, sinceMs: performance.now() });
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#timer = setInterval(() => this.#look(performance.now()), Math.ceil(idleMs / LOOKS));
    this.#timer.unref();
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
