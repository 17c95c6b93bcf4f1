/**
 * Drives the page in real browsers: drops modules, runs them, and compares what the page shows with what this process computes. No
 * request may leave the page; a hostile module may not take it away.
 *
 *   npm run page -- [DIR]
 *
 * DIR is a folder of zomes as `npm run profiles` takes it. Browsers are those of the system: chromium and firefox-esr.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type Browser, chromium, firefox, type Page } from 'playwright-core';
import { toHex } from '../../src/base/hash.js';
import { serveUi } from '../../src/cli/serve-ui.js';
import { validateOpFile } from '../../src/cli/validate-op.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash, receiptJson } from '../../src/engine/receipt/receipt-json.js';
import { i32 } from '../../src/wasm/value.js';
import { bytesOfText } from '../engine/load-text.js';
import { flag, scriptLine, text, texts } from '../script-options.js';

const PAGE = pathToFileURL(resolve('dist/web/assay.html')).href;
const FIBONACCI = 'vectors/guests/raw/fibonacci.wasm';
const POST = 'vectors/guests/post/post.wasm';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const BROWSERS: Readonly<Record<string, () => Promise<Browser>>> = {
  chromium: () =>
    chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    }),
  firefox: () => firefox.launch({ executablePath: '/usr/bin/firefox-esr', channel: 'moz-firefox' }),
};

const { options, args } = scriptLine({
  name: 'page',
  about: 'Drives the page in Chromium and Firefox and compares it with this process.',
  options: {
    browser: texts('name', `one of ${Object.keys(BROWSERS).join(', ')} (default: all)`),
    screenshots: text('dir', 'write screenshots here'),
    show: flag('print times'),
  },
  takes: [['[dir]', 'folder of zomes and their ops']],
});
const [zomes] = args;
let passed = 0;
let failed = 0;

async function check(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Opens the page; whatever it requests but itself fails the check. */
async function opened(browser: Browser, url = PAGE, width = 1200, colorScheme: 'light' | 'dark' = 'light') {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('blob:')) faults.push(`request of ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

async function open(page: Page, path: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.setInputFiles('#file', path);
  await page.waitForFunction(() => / is open$/.test(document.getElementById('status')!.textContent ?? ''));
}

/** Runs what is chosen, to its end. */
async function run(page: Page): Promise<void> {
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done', null, {
    timeout: 60_000,
  });
  expect(await page.textContent('#equal')).to.equal('Both tiers gave the same receipt.');
}

async function shownHash(page: Page): Promise<string | null> {
  return page.locator('tbody tr:last-child td').first().textContent();
}

async function fibonacci(browser: Browser, name: string): Promise<void> {
  const { page, faults } = await opened(browser);
  await open(page, FIBONACCI);
  await page.fill('#value-0', '20');
  await run(page);
  const loaded = await createEngine().load(readFileSync(FIBONACCI));
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const { receipt } = loaded.module.call('fibonacci', [i32(20)]);
  expect(await shownHash(page)).to.equal(toHex(receiptHash(receipt)));
  const root = await page.getAttribute('.flame-frame', 'title');
  expect(root).to.contain(`${String(receipt.fuel.used).replace(/\B(?=(\d{3})+$)/g, ',')} units (100.0 %)`);
  // A receipt from elsewhere.
  await page.fill('#other', JSON.stringify(receiptJson(receipt)));
  expect(await page.textContent('#compared')).to.equal('This is the same receipt.');
  await page.fill('#other', JSON.stringify({ ...receiptJson(receipt), pages: 3 }));
  expect(await page.textContent('#compared')).to.match(/^The first field that differs is pages/);
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate(async () => {
    const axe = (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: unknown[] }[] }> } }
    ).axe;
    return (await axe.run()).violations.map(({ id, nodes }) => `${id} ${nodes.length}`);
  });
  expect(violations).to.deep.equal([]);
  if (options.screenshots !== undefined)
    await page.screenshot({ path: join(options.screenshots, `${name}.png`), fullPage: true });
  expect(faults).to.deep.equal([]);
  await page.close();
}

async function entry(browser: Browser): Promise<void> {
  const { page, faults } = await opened(browser);
  await open(page, POST);
  await page.fill('#json', '{"title":1}');
  await run(page);
  expect(await page.textContent('#verdict')).to.match(/^(Invalid|no verdict|Valid)/);
  expect(faults).to.deep.equal([]);
  await page.close();
}

/** An op of a real zome, from the drop to the verdict. */
async function op(browser: Browser, name: string, folder: string): Promise<void> {
  const { page, faults } = await opened(browser);
  const wasm = join(folder, 'notes-0.7/notes.wasm');
  const [file, deps] = [join(folder, 'ops/0.7-post.json'), join(folder, 'ops/0.7-deps.json')];
  const begin = performance.now();
  await open(page, wasm);
  await page.fill('#json', readFileSync(file, 'utf8'));
  await page.fill('#deps', readFileSync(deps, 'utf8'));
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('verdict')!.textContent === 'Valid');
  const firstMs = performance.now() - begin;
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done');
  expect(await page.textContent('#equal')).to.equal('Both tiers gave the same receipt.');
  const { validation } = await validateOpFile(wasm, { op: file, deps });
  expect(await shownHash(page)).to.equal(toHex(receiptHash(validation.calls[0]!.receipt)));
  expect(faults).to.deep.equal([]);
  if (options.show) console.log(`${name}: first verdict of notes-0.7 ${Math.round(firstMs)} ms after the drop`);
  await page.close();
}

/** What could take the page away: a loop that is stopped, bytes that are no module. */
async function hostile(browser: Browser): Promise<void> {
  const { page } = await opened(browser);
  const loop = bytesOfText(
    '(module (func (export "spin") (loop (br 0))) (func (export "seven") (result i32) (i32.const 7)))',
  );
  await open(page, { name: 'loop.wasm', mimeType: 'application/wasm', buffer: Buffer.from(loop) });
  await page.fill('#fuel', '9007199254740991');
  await page.click('#run');
  await page.waitForTimeout(300);
  // The page is alive while the worker spins.
  expect(await page.evaluate(() => 1 + 1)).to.equal(2);
  await page.click('#stop');
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'stopped');
  await page.fill('#fuel', '1000');
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done');
  expect(await page.textContent('#verdict')).to.equal('exhausted fuel');
  const bytes = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff]);
  await page.setInputFiles('#file', { name: 'broken.wasm', mimeType: 'application/wasm', buffer: bytes });
  await page.waitForFunction(() => document.getElementById('status')!.className === 'error');
  expect(await page.textContent('#status')).to.contain('malformed');
  await open(page, FIBONACCI);
  await page.close();
}

async function narrow(browser: Browser, name: string): Promise<void> {
  const { page } = await opened(browser, PAGE, 320, 'dark');
  await open(page, FIBONACCI);
  await run(page);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).to.be.at.most(320);
  if (options.screenshots !== undefined)
    await page.screenshot({ path: join(options.screenshots, `${name}-phone.png`), fullPage: true });
  await page.close();
}

/** What `assay ui` serves, with a module in it. */
async function served(browser: Browser): Promise<void> {
  const { url, close } = await serveUi([FIBONACCI], 0);
  try {
    const { page, faults } = await opened(browser, url);
    await page.waitForFunction(() => document.getElementById('status')!.textContent === 'fibonacci.wasm is open');
    expect(faults.filter((fault) => !fault.endsWith('/favicon.ico'))).to.deep.equal([]);
    await page.close();
  } finally {
    await close();
  }
}

async function paint(browser: Browser, name: string): Promise<void> {
  const { page } = await opened(browser);
  const times = await page.evaluate(() => performance.getEntriesByType('paint').map((one) => one.startTime));
  if (options.show) console.log(`${name}: first paint ${Math.round(times[0] ?? Number.NaN)} ms`);
  await page.close();
}

for (const name of options.browser.length === 0 ? Object.keys(BROWSERS) : options.browser) {
  const browser = await BROWSERS[name]!();
  try {
    await check(`${name}, first paint`, () => paint(browser, name));
    await check(`${name}, a function`, () => fibonacci(browser, name));
    await check(`${name}, an entry`, () => entry(browser));
    await check(`${name}, hostile modules`, () => hostile(browser));
    await check(`${name}, a narrow window`, () => narrow(browser, name));
    await check(`${name}, assay ui`, () => served(browser));
    if (zomes !== undefined && existsSync(zomes)) await check(`${name}, an op`, () => op(browser, name, zomes));
  } finally {
    await browser.close();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
