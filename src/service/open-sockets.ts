/**
 * The open connections of a server. Who takes nothing of a response, or next to nothing, for some time is cut, whatever is sent meanwhile; when
 * the service ends, all are.
 */
import type { Server, Socket } from 'node:net';

interface Taking {
  /** Bytes that the connection had taken when its time began. */
  bytes: number;
  sinceMs: number;
}

/** How often connections are looked at within the time that they have. */
const LOOKS = 4;

export class OpenSockets {
  readonly #sockets = new Map<Socket, Taking>();
  readonly #timer: NodeJS.Timeout;

  /** @param idleMs in which a connection has to take `idleBytes` of what waits for it */
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

  /** Cuts all that are still open. */
  destroy(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
