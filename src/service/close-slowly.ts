/**
 * The end of a connection whose client still sends. If it were closed at once, the client's system would discard the
 * response that it has not read yet (RFC 9112, section 9.6).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Before the end of a response to a request that was not read completely.
 * @param lingerMs the time in which the rest is read and dropped, after the response
 */
export function closeSlowly(request: IncomingMessage, response: ServerResponse, lingerMs: number): void {
  const { socket } = request;
  // Node calls this when it has sent a connection's last response.
  socket.destroySoon = () => {};
  response.once('finish', () => endSlowly(socket, lingerMs));
}

/** @param response text that is sent first */
export function endSlowly(socket: Socket, lingerMs: number, response = ''): void {
  // A listener of our own takes the rest from Node's parser: a request in it is not run.
  socket.removeAllListeners('data').on('data', () => {});
  socket.end(response);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
