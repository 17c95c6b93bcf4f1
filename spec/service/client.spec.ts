/** The client against a server that breaks off its responses. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect } from 'chai';
import { Client, ServiceError } from '../../src/service/client/client.js';

const HEAD = { module: '0'.repeat(64) };
const LINES = Array.from({ length: 5 }, () => ({ inputBase64: new Uint8Array(1) }));
const PROBLEM = { type: 'x', title: 'x', status: 500, code: 'internal' };

/** A server for batches; `breaksOff` selects by number the responses that break off after two results. */
async function serverThat(breaksOff: (request: number) => boolean): Promise<{
  readonly server: Server;
  readonly client: Client;
  readonly sockets: ReadonlySet<Socket>;
  readonly lines: readonly number[];
}> {
  const sockets = new Set<Socket>();
  const lines: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const count = body.split('\n').length - 1;
      lines.push(count);
      const results = Array.from({ length: count }, (_, index) => `${JSON.stringify({ index, problem: PROBLEM })}\n`);
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      if (breaksOff(lines.length)) {
        response.write(results.slice(0, 2).join(''));
        setTimeout(() => request.socket.destroy(), 20);
        return;
      }
      const summary = { lines: count, problems: count, fuelUsed: '0' };
      response.end(`${results.join('')}${JSON.stringify({ summary })}\n`);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, sockets, lines, client: new Client({ url: `http://127.0.0.1:${port}`, retries: 1 }) };
}

describe('client of the service', () => {
  it('resends only the lines of an interrupted batch that have no result', async () => {
    const { server, client, lines } = await serverThat((request) => request === 1);
    const seen: number[] = [];
    for await (const { index } of client.batch(HEAD, LINES)) seen.push(index);
    expect(seen).to.deep.equal([0, 1, 2, 3, 4]);
    expect(lines).to.deep.equal([5, 3]);
    server.close();
  });

  it('gives up on a batch that is always interrupted', async () => {
    const { server, client } = await serverThat(() => true);
    const seen: number[] = [];
    let error: unknown;
    try {
      for await (const { index } of client.batch(HEAD, LINES)) seen.push(index);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.be.instanceOf(ServiceError).with.property('code', 'cut');
    expect(seen).to.deep.equal([0, 1, 2, 3]);
    server.close();
  });
});
