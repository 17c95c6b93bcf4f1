/** `assay ui`: the page with files in it, for this machine only. `npm run page` drives it in browsers. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliError } from '../../src/cli/cli-error.js';
import { consoleOf } from '../../src/cli/console.js';
import { runCommandLine } from '../../src/cli/program.js';
import { pageWith, serveUi } from '../../src/cli/serve-ui.js';

const FIBONACCI = 'vectors/guests/raw/fibonacci.wasm';

function statusOf(url: string, host: string, path = '/', method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { method, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
}

describe('assay ui', () => {
  it('serves a page that may not use the network', () => {
    expect(existsSync('dist/web/assay.html'), 'npm run build makes it').to.equal(true);
    const page = pageWith([]);
    expect(page).to.contain("default-src 'none'");
    expect(page).not.to.contain('connect-src');
    expect(page).not.to.contain('unsafe-inline');
  });

  it('embeds files in the page, whatever their names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-ui-'));
    const path = join(folder, '<b>&.wasm');
    writeFileSync(path, Uint8Array.of(1, 2, 3));
    const [, json] = /<script id="given" type="application\/json">(.*?)<\/script>/s.exec(pageWith([path]))!;
    expect(JSON.parse(json!)).to.deep.equal([{ name: '<b>&.wasm', base64: 'AQID' }]);
    expect(json).not.to.contain('<');
    rmSync(folder, { recursive: true });
    expect(() => pageWith([path])).to.throw(CliError);
  });

  it('serves only the page, and only under the name of this machine', async () => {
    const { url, close } = await serveUi([FIBONACCI], 0);
    const { host } = new URL(url);
    expect(await statusOf(url, host)).to.equal(200);
    expect(await statusOf(url, host, '/other')).to.equal(404);
    expect(await statusOf(url, host, '/', 'POST')).to.equal(404);
    const { port } = new URL(url);
    for (const [name, status] of [
      ['localhost', 200],
      [`localhost:${port}`, 200],
      ['evil.example', 404],
      ['evil.localhost', 404],
      ['localhost.evil', 404],
      ['127.0.0.1:', 404],
      ['127.0.0.1:80x', 404],
      ['127a0.0.1', 404],
      ['127.0a0.1', 404],
      ['127.0.0a1', 404],
    ] as const)
      expect(await statusOf(url, name), name).to.equal(status);
    const { headers } = await fetch(url);
    expect([headers.get('content-type'), headers.get('cache-control')]).to.deep.equal([
      'text/html; charset=utf-8',
      'no-store',
    ]);
    await close();
  });

  it('ends on a signal', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const before = process.rawListeners(signal);
      let out = '';
      let listens = () => {};
      const said = new Promise<void>((resolve) => {
        listens = resolve;
      });
      const stdout = {
        write: (text: string) => {
          out += text;
          listens();
        },
      };
      const ended = runCommandLine(['ui', FIBONACCI], consoleOf(stdout, { write: () => expect.fail() }, {}));
      await said;
      const [, url] = /^(http:\/\/127\.0\.0\.1:\d+\/) {2}\(Ctrl-C to stop\)\n$/.exec(out)!;
      expect(await (await fetch(url!)).text()).to.include('"name":"fibonacci.wasm"');
      await new Promise((resolve) => setImmediate(resolve));
      const own = process.rawListeners(signal).filter((listener) => !before.includes(listener));
      own[0]!(signal);
      expect(await ended).to.equal(0);
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        for (const listener of process.rawListeners(name).filter((one) => 'listener' in one && !before.includes(one)))
          process.off(name, listener as () => void);
      }
      expect(await fetch(url!).catch(() => 'closed')).to.equal('closed');
    }
  });

  it('reports that a port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const error: unknown = await serveUi([], port).catch((thrown: unknown) => thrown);
    await new Promise((resolve) => server.close(resolve));
    expect(error).to.be.instanceOf(CliError);
    expect((error as CliError).message).to.match(/^the page cannot be served: listen EADDRINUSE/);
    expect((error as CliError).advice).to.equal('choose another --port');
  });
});
