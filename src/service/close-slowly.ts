/**
 * The end of a connection whose client still sends. If it were closed at once, the client's system would discard the
 * response that it has not read yet (RFC 9112, section 9.6).
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * After the response to a request that was not read completely.
 * @param lingerMs the time in which the rest is read and dropped
 */
export function closeSlowly(request: IncomingMessage, lingerMs: number): void {
  request.resume();
  endSlowly(request.socket, lingerMs);
}

/** @param response text that is sent first */
export function endSlowly(socket: Socket, lingerMs: number, response = ''): void {
  socket.end(response);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
