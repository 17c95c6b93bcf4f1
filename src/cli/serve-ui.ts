/**
 * Serves the page on 127.0.0.1. It responds only to requests for that name, so that no other site can reach it through
 * a name that resolves to 127.0.0.1.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { LIMITS_1 } from '../base/limits.js';
import { CliError } from './cli-error.js';
import { readBytesWithin } from './read-bytes.js';

/** The same path from the compiled files and from the built ones. */
const PAGE = new URL('../../web/assay.html', import.meta.url);

export interface ServedUi {
  readonly url: string;
  close(): Promise<void>;
}

/** The page with files in it. @throws CliError for a file that cannot be read */
export function pageWith(paths: readonly string[]): string {
  const page = readFileSync(PAGE, 'utf8');
  if (paths.length === 0) return page;
  const given = paths.map((path) => ({
    name: basename(path),
    base64: Buffer.from(readBytesWithin(path, LIMITS_1.moduleBytes, 'a file of the page')).toString('base64'),
  }));
  const json = JSON.stringify(given).replace(/</g, '\\u003c');
  return page.replace('<!--given-->', () => `<script id="given" type="application/json">${json}</script>`);
}

/** @param port 0 for any free one */
export async function serveUi(paths: readonly string[], port: number): Promise<ServedUi> {
  const page = pageWith(paths);
  const server = createServer(({ headers, method, url }, response) => {
    const isOurs = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? '');
    if (!isOurs || method !== 'GET' || url !== '/') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new CliError(`the page cannot be served: ${error.message}`, 'choose another --port')),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
