/** A node in a browser page, driven by puppeteer-core from the folder where it is installed. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AgreementNode } from '../../src/agreement/node.js';
import { type OpenChannel, remoteNode } from '../../src/agreement/node-remote.js';

export interface PageNodeOptions {
  readonly name: string;
  readonly kind: 'chrome' | 'firefox';
  /** Path of the browser. */
  readonly program: string;
  /** The script of `bundleRunner`. */
  readonly bundle: string;
  readonly tier: string;
  /** Where puppeteer-core is installed. */
  readonly folder: string;
}

/** The part of puppeteer that is used. */
interface Puppeteer {
  launch(options: object): Promise<Browser>;
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Page {
  evaluate(script: string): Promise<unknown>;
}

export function pageNode(options: PageNodeOptions): AgreementNode {
  const { name, tier } = options;
  const open: OpenChannel = (receive, broke) => {
    const started = start(options);
    const fail = (error: unknown) => broke(error instanceof Error ? error.message : String(error));
    started
      .then(({ page }) => page.evaluate(`(globalThis.answerer = new assayRunner.Answerer('${tier}')).hello()`))
      .then((line) => receive(String(line)))
      .catch(fail);
    return {
      send: (line) => {
        started
          .then(({ page }) => page.evaluate(`answerer.reply(${JSON.stringify(line)})`))
          .then((reply) => receive(String(reply)))
          .catch(fail);
      },
      close: async () => {
        const { browser } = await started;
        await browser.close();
      },
    };
  };
  return remoteNode({ name, open });
}

async function start({ kind, program, bundle, folder }: PageNodeOptions): Promise<{ browser: Browser; page: Page }> {
  const entry = createRequire(join(folder, 'package.json')).resolve('puppeteer-core');
  const loaded = (await import(pathToFileURL(entry).href)) as { readonly default: Puppeteer };
  const args = kind === 'chrome' ? ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] : [];
  const browser = await loaded.default.launch({ browser: kind, executablePath: program, headless: true, args });
  const page = await browser.newPage();
  await page.evaluate(`${readFileSync(bundle, 'utf8')};globalThis.assayRunner = assayRunner;0`);
  return { browser, page };
}
