/** `assay ui`: the page with files in it, for this machine alone. `npm run page` drives it in browsers. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliError } from '../../src/cli/cli-error.js';
import { pageWith, serveUi } from '../../src/cli/serve-ui.js';

const FIBONACCI = 'vectors/guests/raw/fibonacci.wasm';

function statusOf(url: string, host: string, path = '/'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
}

describe('assay ui', () => {
  it('has a page that may use no network', () => {
    expect(existsSync('dist/web/assay.html'), 'npm run build makes it').to.equal(true);
    const page = pageWith([]);
    expect(page).to.contain("default-src 'none'");
    expect(page).not.to.contain('connect-src');
    expect(page).not.to.contain('unsafe-inline');
  });

  it('puts files into the page, whatever they are called', () => {
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
    expect(await statusOf(url, 'evil.example')).to.equal(404);
    await close();
  });
});
