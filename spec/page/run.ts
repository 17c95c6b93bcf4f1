/**
 * Drives the page in real browsers: drops modules, runs them, and compares the page's content with the results of this
 * process. No request may leave the page; a hostile module must not make it unusable.
 *
 *   npm run page -- [DIR]
 *
 * DIR is a folder of zomes as `npm run profiles` takes it. Browsers are those of the system: chromium and firefox-esr.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { type Browser, chromium, firefox, type Page } from 'playwright-core';
import { toHex } from '../../src/base/hash.js';
import { serveUi } from '../../src/cli/serve-ui.js';
import { validateOpFile } from '../../src/cli/validate-op.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash, receiptJson } from '../../src/engine/receipt/receipt-json.js';
import { stateAt } from '../../src/profile/state-at.js';
import { i32 } from '../../src/wasm/value.js';
import { assay } from '../cli/command-line.js';
import { bytesOfText } from '../engine/load-text.js';
import { checkFolder, checkNames, flag, scriptLine, text, texts } from '../script-options.js';
import { packed } from '../zome/packed-bundle.js';

const PAGE = pathToFileURL(resolve('dist/web/assay.html')).href;
const FIBONACCI = 'vectors/guests/raw/fibonacci.wasm';
const POST = 'vectors/guests/post/post.wasm';
const COMMAND = 'dist/package/cli/main.js';
const SPEEDSCOPE = createRequire(import.meta.url)
  .resolve('speedscope/package.json')
  .replace(/package\.json$/, 'dist/release/index.html');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A busy machine may take long. */
const TIMEOUT_MS = 120_000;

/**
 * The page's promise, on a machine with two cores that does nothing else. On a machine that is slower now, measured by
 * an empty page and the command line in the same run, it may take longer in proportion.
 */
const PAINT_MS_MAX = 300;
const VERDICT_MS_MAX = 1_500;
const EMPTY_MS: Readonly<Record<string, number>> = { chromium: 60, firefox: 130 };
const COMMAND_MS = 1_100;
const PAINTS = 7;
const VERDICTS = 3;

const EMPTY =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>empty</title></head><body><p>empty</p></body></html>';

type Colours = 'light' | 'dark';

/** Firefox takes its colours at start-up. */
const BROWSERS: Readonly<Record<string, (colours: Colours) => Promise<Browser>>> = {
  chromium: () =>
    chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    }),
  firefox: (colours) =>
    firefox.launch({
      executablePath: '/usr/bin/firefox-esr',
      channel: 'moz-firefox',
      firefoxUserPrefs: { 'layout.css.prefers-color-scheme.content-override': colours === 'dark' ? 0 : 1 },
    }),
};

const { options, args, refuse } = scriptLine({
  name: 'page',
  about: 'Drives the page in Chromium and Firefox and compares it with this process.',
  options: {
    browser: texts('name', `one of ${Object.keys(BROWSERS).join(', ')} (default: all)`),
    screenshots: text('dir', 'write screenshots here'),
    only: text('text', 'checks whose name contains this'),
    show: flag('print times'),
  },
  takes: [['[dir]', 'folder of zomes and their ops']],
});
const [folder] = args;
if (folder !== undefined) checkFolder(refuse, folder);
checkNames(refuse, 'browser', options.browser, Object.keys(BROWSERS));

/** Writes its argument this many times, each in a separate function. */
const STORES = `(module (memory (export "memory") 1) (global $n (mut i32) (i32.const 0))
  (func $put (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "fill") (param $n i32) (result i32) (local $i i32)
    (block $out (loop $again
      (br_if $out (i32.ge_u (local.get $i) (i32.and (local.get $n) (i32.const 1023))))
      (call $put (i32.shl (local.get $i) (i32.const 2)) (local.get $n))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $again)))
    (local.get $i)))`;

let passed = 0;
let failed = 0;

async function check(name: string, work: () => Promise<void>): Promise<void> {
  if (options.only !== undefined && !name.includes(options.only)) return;
  try {
    await work();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** Opens the page; any request except for the page itself fails the check. */
async function opened(browser: Browser, url = PAGE, width = 1200, colorScheme: Colours = 'light') {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  page.setDefaultTimeout(TIMEOUT_MS);
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => {
    // For a screenshot the driver inserts its own style into the page, which the policy does not allow.
    if (options.screenshots === undefined || !message.includes('blocked an inline style')) faults.push(message);
  });
  page.on('request', (request) => {
    if (request.url().replace(/#.*/, '') !== url.replace(/#.*/, '') && !request.url().startsWith('blob:'))
      faults.push(`request of ${request.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

async function open(page: Page, path: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.evaluate(() => document.getElementById('status')!.replaceChildren());
  await page.setInputFiles('#file', path);
  await page.waitForFunction(() => / is open$/.test(document.getElementById('status')!.textContent ?? ''));
}

/** Runs the selected function or op, to its end. */
async function run(page: Page): Promise<void> {
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done');
  expect(await page.textContent('#equal')).to.equal('Both tiers gave the same receipt.');
}

async function shownHash(page: Page): Promise<string | null> {
  return page.locator('tbody tr:last-child td').first().textContent();
}

async function fibonacci(browser: Browser): Promise<void> {
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
  // A receipt from another source.
  await page.fill('#other', JSON.stringify(receiptJson(receipt)));
  expect(await page.textContent('#compared')).to.equal('This is the same receipt.');
  await page.fill('#other', JSON.stringify({ ...receiptJson(receipt), pages: 3 }));
  expect(await page.textContent('#compared')).to.match(/^The first field that differs is pages/);
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
  const { validation } = await validateOpFile(zomeFile(folder), opFiles(folder));
  const hash = toHex(receiptHash(validation.calls[0]!.receipt));
  const [times, commands]: [number[], number[]] = [[], []];
  for (let i = 0; i < VERDICTS; i++) {
    commands.push(commandMs(folder));
    times.push(await firstVerdictMs(browser, folder, hash));
  }
  const slower = Math.max(1, median(commands) / COMMAND_MS);
  if (options.show) {
    const text = (all: readonly number[]) => all.map(Math.round).join(', ');
    console.log(
      `${name}: first verdict of notes-0.7 ${text(times)} ms after the drop, of assay validate ${text(commands)}`,
    );
  }
  expect(median(times), `ms, of the command line ${median(commands)}`).to.be.at.most(VERDICT_MS_MAX * slower);
}

const zomeFile = (folder: string) => join(folder, 'notes-0.7/notes.wasm');

const opFiles = (folder: string) => ({
  op: join(folder, 'ops/0.7-post.json'),
  deps: join(folder, 'ops/0.7-deps.json'),
});

/** The same on the command line, as a process. */
function commandMs(folder: string): number {
  const { op, deps } = opFiles(folder);
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [COMMAND, 'validate', zomeFile(folder), '--op', op, '--deps', deps]);
  expect(status).to.equal(0);
  return performance.now() - started;
}

async function firstVerdictMs(browser: Browser, folder: string, hash: string): Promise<number> {
  const { page, faults } = await opened(browser);
  // In the page, from the drop on: this includes reading the file, but not the driver's work to pass it.
  await page.evaluate(() => {
    document.getElementById('file')!.addEventListener('change', () => {
      document.body.dataset['dropped'] = String(performance.now());
    });
    const verdict = document.getElementById('verdict')!;
    new MutationObserver(() => {
      document.body.dataset['judged'] ??= String(performance.now());
    }).observe(verdict, { childList: true, characterData: true, subtree: true });
  });
  await open(page, zomeFile(folder));
  const { op, deps } = opFiles(folder);
  await page.fill('#json', readFileSync(op, 'utf8'));
  await page.fill('#deps', readFileSync(deps, 'utf8'));
  await page.click('#run');
  await page.waitForFunction(() => document.getElementById('verdict')!.textContent === 'Valid');
  const firstMs = await page.evaluate(
    () => Number(document.body.dataset['judged']) - Number(document.body.dataset['dropped']),
  );
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done');
  expect(await page.textContent('#equal')).to.equal('Both tiers gave the same receipt.');
  expect(await shownHash(page)).to.equal(hash);
  expect(faults).to.deep.equal([]);
  await page.close();
  return firstMs;
}

/** Possible ways to make the page unusable: a loop that is stopped, bytes that are not a module. */
async function hostile(browser: Browser): Promise<void> {
  const { page } = await opened(browser);
  const loop = bytesOfText(
    '(module (func (export "spin") (loop (br 0))) (func (export "seven") (result i32) (i32.const 7)))',
  );
  await open(page, { name: 'loop.wasm', mimeType: 'application/wasm', buffer: Buffer.from(loop) });
  await page.fill('#fuel', '9007199254740991');
  await page.click('#run');
  await page.waitForTimeout(300);
  // The page responds while the worker spins.
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

/** Goes to a place and waits until it is shown. */
async function place(page: Page, act: () => Promise<void>): Promise<string> {
  const before = await page.textContent('#step-place');
  await act();
  await page.waitForFunction((old) => document.getElementById('step-place')!.textContent !== old, before);
  return (await page.textContent('#step-place'))!;
}

/** Back and forth through the fuel of a call: the places and their state equal those of `stateAt`. */
async function steps(browser: Browser): Promise<void> {
  const { page, faults } = await opened(browser);
  const bytes = bytesOfText(STORES);
  await open(page, { name: 'stores.wasm', mimeType: 'application/wasm', buffer: Buffer.from(bytes) });
  await page.fill('#value-0', '5');
  await run(page);
  const loaded = await createEngine({ tier: 'interpreter' }).load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const result = loaded.module.call('fill', [i32(5)]);
  const first = await place(page, () => page.click('#step-buttons button:text-is("First")'));
  expect(first).to.contain('the instance.');
  let state = stateAt(result, 0);
  for (let i = 0; i < 6; i++) {
    await place(page, () => page.click('#step-buttons button:text-is("Next")'));
    state = stateAt(result, state.next!);
    expect(await page.inputValue('#step-unit')).to.equal(String(state.paid));
    expect(await page.textContent('#step-state dl dd:last-child')).to.equal(toHex(state.digest!));
  }
  expect(await page.locator('#step-state mark').count()).to.be.greaterThan(0);
  await place(page, () => page.click('#step-buttons button:text-is("Back")'));
  expect(await page.inputValue('#step-unit')).to.equal(String(stateAt(result, state.paid - 1).paid));
  const last = await place(page, () => page.click('#step-buttons button:text-is("Last")'));
  expect(last).to.contain('The end');
  // 5 words from address 0; bytes written since the previous place are marked.
  expect(await page.textContent('#memory pre')).to.match(/^00000000 {2}05 00 00 00 05 00 00 00/);
  expect(await page.locator('#memory mark').count()).to.be.greaterThan(0);
  await page.fill('#memory-at', '0x100');
  await page.press('#memory-at', 'Enter');
  await page.waitForFunction(() => document.querySelector('#memory pre')!.textContent!.startsWith('00000100'));
  expect(faults).to.deep.equal([]);
  await page.close();
}

/** Source lines, if a module has them: of the frames where a call ended, and of those at a place. */
async function sources(browser: Browser): Promise<void> {
  const { page, faults } = await opened(browser);
  await open(page, 'spec/profile/guests/tally-dwarf4.wasm');
  await page.fill('#value-0', '50');
  await page.fill('#fuel', '13000');
  await run(page);
  expect(await page.textContent('#calls')).to.match(/exhausted/);
  expect(await page.textContent('#calls')).to.match(/ at byte \d+, \S*tally\.c:[1-9]/);
  await page.fill('#step-unit', '12900');
  await place(page, () => page.press('#step-unit', 'Enter'));
  expect(await page.textContent('#step-state')).to.match(/ at byte \d+, \S*tally\.c:[1-9]/);
  expect(faults).to.deep.equal([]);
  await page.close();
}

/** A replay file from the page gives the same on the command line, and in another page. */
async function replay(browser: Browser, name: string, zomeFolder: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `assay-page-${name}-`));
  try {
    const files = [await savedOf(browser, folder, FIBONACCI, (page) => page.fill('#value-0', '20'))];
    files.push(await savedOf(browser, folder, POST, (page) => page.fill('#json', '{"title":1}')));
    if (zomeFolder !== undefined) {
      files.push(
        await savedOf(browser, folder, join(zomeFolder, 'notes-0.7/notes.wasm'), async (page) => {
          await page.fill('#json', readFileSync(join(zomeFolder, 'ops/0.7-comment.json'), 'utf8'));
          await page.fill('#deps', readFileSync(join(zomeFolder, 'ops/0.7-deps.json'), 'utf8'));
        }),
      );
    }
    for (const file of files) {
      const { status, out } = await assay(['agree', 'replay', file, '--nodes', 'interpreter,instrumented', '--json']);
      expect(status, out).to.equal(0);
      const { page, faults } = await opened(browser);
      await open(page, file);
      await run(page);
      expect(await page.textContent('#expected')).to.equal('This is what the replay file expects.');
      expect(faults).to.deep.equal([]);
      await page.close();
    }
    // A file with another expectation is detected, in both places.
    const [file] = files;
    const recording = JSON.parse(readFileSync(file!, 'utf8'));
    recording.expected[0].receipt.fuel.used += 1;
    writeFileSync(file!, JSON.stringify(recording));
    expect((await assay(['agree', 'replay', file!])).status).to.equal(1);
    const { page } = await opened(browser);
    await open(page, file!);
    await run(page);
    expect(await page.textContent('#expected')).to.match(/^The replay file expects another receipt.fuel.used/);
    await page.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function savedOf(
  browser: Browser,
  folder: string,
  module: string,
  fill: (page: Page) => Promise<void>,
): Promise<string> {
  const { page } = await opened(browser);
  await open(page, module);
  await fill(page);
  await run(page);
  const file = join(folder, basename(module).replace('.wasm', '.json'));
  if (browser.browserType() === chromium) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    expect(download.suggestedFilename()).to.match(/^agreement-[0-9a-f]{12}\.json$/);
    await download.saveAs(file);
  } else writeFileSync(file, await savedText(page));
  await page.close();
  return file;
}

/** The text that the page offers for saving, where downloads cannot be driven. */
async function savedText(page: Page): Promise<string> {
  await page.evaluate(() => {
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob: Blob) => {
      void blob.text().then((text) => {
        document.body.dataset['saved'] = text;
      });
      return createObjectURL(blob);
    };
  });
  await page.click('#save');
  return (await page.waitForFunction(() => document.body.dataset['saved'])).evaluate((text) => text!);
}

/** The page's address is a link: it contains a small module, and asks for a larger one by name. */
async function link(browser: Browser): Promise<void> {
  const { page } = await opened(browser);
  await open(page, FIBONACCI);
  await page.fill('#value-0', '12');
  await run(page);
  const hash = await shownHash(page);
  await page.fill('#step-unit', '9300');
  await place(page, () => page.press('#step-unit', 'Enter'));
  const small = page.url();
  await open(page, POST);
  await page.fill('#json', '{"title":1}');
  await run(page);
  const large = page.url();
  await page.close();
  const again = await opened(browser, small);
  await again.page.waitForFunction(() => document.getElementById('step-place')!.textContent!.includes('are paid'));
  expect(await again.page.inputValue('#value-0')).to.equal('12');
  expect(await shownHash(again.page)).to.equal(hash);
  expect(again.faults).to.deep.equal([]);
  await again.page.close();
  const other = await opened(
    browser,
    large.replace(/#run=.*/, (text) => renamed(text)),
  );
  expect(await other.page.textContent('#linked')).to.match(/^This link is a run of elsewhere\.wasm/);
  await other.page.setInputFiles('#file', POST);
  await other.page.waitForFunction(() => document.getElementById('status')!.textContent === 'Done');
  expect(await other.page.inputValue('#json')).to.equal('{"title":1}');
  await other.page.close();
}

/** A link of a module that is not among the examples of the page. */
function renamed(fragment: string): string {
  const state = JSON.parse(Buffer.from(fragment.slice('#run='.length), 'base64url').toString('utf8'));
  return `#run=${Buffer.from(JSON.stringify({ ...state, file: 'elsewhere.wasm' })).toString('base64url')}`;
}

/** The property test: over functions, entries and ops, with a bar, and stopped by a button. */
async function property(browser: Browser, zomeFolder: string | undefined): Promise<void> {
  const { page, faults } = await opened(browser);
  const agreed = async (inputs: number): Promise<void> => {
    await page.fill('#test-inputs', String(inputs));
    await page.click('#test-run');
    await page.waitForFunction(() => document.getElementById('test-status')!.className !== '');
    expect(await page.textContent('#test-status')).to.match(new RegExp(`^Both tiers agree on ${inputs} inputs`));
    const runs = /^([\d,]+), ([\d,]+) of them/.exec((await page.textContent('#test-result dd'))!)!;
    expect(runs[1]).to.equal(runs[2]);
    expect(await page.locator('#test-progress').evaluate((bar) => (bar as HTMLProgressElement).value)).to.equal(inputs);
  };
  await open(page, { name: 'stores.wasm', mimeType: 'application/wasm', buffer: Buffer.from(bytesOfText(STORES)) });
  await agreed(50);
  await page.click('#examples button:text-is("posts, AssemblyScript")');
  await page.waitForFunction(() => document.getElementById('status')!.textContent === 'post.wasm is open');
  await agreed(50);
  if (zomeFolder !== undefined) {
    await open(page, join(zomeFolder, 'notes-0.7/notes.wasm'));
    await page.fill('#json', readFileSync(join(zomeFolder, 'ops/0.7-post.json'), 'utf8'));
    await agreed(10);
  }
  await open(page, POST);
  await page.fill('#json', '{"title":1}');
  await page.fill('#test-inputs', '1000000');
  await page.click('#test-run');
  await page.waitForFunction(() => / of 1,000,000 inputs$/.test(document.getElementById('test-status')!.textContent!));
  await page.click('#test-stop');
  await page.waitForFunction(() => document.getElementById('test-status')!.textContent === 'stopped');
  await run(page);
  expect(faults).to.deep.equal([]);
  await page.close();
}

/** A bundle: its roles and zomes, the open role, the types of its zomes. */
async function bundle(browser: Browser, zomeFolder: string): Promise<void> {
  const wasm = readFileSync(join(zomeFolder, 'notes-0.7/notes.wasm'));
  const happ = happOf(wasm);
  const { page, faults } = await opened(browser);
  await open(page, { name: 'notes.happ', mimeType: 'application/octet-stream', buffer: Buffer.from(happ) });
  expect(await page.locator('#role option').allTextContents()).to.deep.equal(['first', 'second']);
  expect(await page.locator('#identity summary').first().textContent()).to.equal('role first, open');
  await page.waitForFunction(() => /post/.test(document.querySelector('[data-types]')!.textContent!));
  await page.selectOption('#role', '1');
  await page.waitForFunction(
    () => document.querySelectorAll('#identity summary')[1]?.textContent === 'role second, open',
  );
  await page.click('#fields button:text-is("a new entry")');
  await page.waitForFunction(() => (document.getElementById('json') as HTMLTextAreaElement).value.includes('{'));
  await run(page);
  expect(faults).to.deep.equal([]);
  await page.close();
}

/** Two roles of one DNA with different seeds, and a role that is not in the bundle. */
function happOf(wasm: Uint8Array): Uint8Array {
  const dna = packed(
    {
      manifest_version: '0',
      name: 'notes',
      integrity: { network_seed: null, properties: null, zomes: [{ name: 'notes', hash: null, path: 'notes.wasm' }] },
      coordinator: { zomes: [] },
    },
    { 'notes.wasm': wasm },
  );
  const role = (name: string) => ({
    name,
    provisioning: { strategy: 'create', deferred: false },
    dna: {
      path: 'notes.dna',
      modifiers: { network_seed: name, properties: null },
      installed_hash: null,
      clone_limit: 0,
    },
  });
  const roles = [role('first'), role('second')];
  return packed({ manifest_version: '0', name: 'app', description: null, roles }, { 'notes.dna': dna });
}

/** Light and dark, on a desktop and a phone. */
async function everyLook(
  name: string,
  work: (browser: Browser, colours: Colours, device: string, width: number) => Promise<void>,
): Promise<void> {
  for (const colours of ['light', 'dark'] as const) {
    const browser = await BROWSERS[name]!(colours);
    try {
      for (const [device, width] of Object.entries({ desktop: 1200, phone: 320 }))
        await work(browser, colours, device, width);
    } finally {
      await browser.close();
    }
  }
}

/** The findings of axe, whether it fits the width, and a screenshot. */
async function look(page: Page, name: string, width: number): Promise<void> {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  expect(isDark, name).to.equal(name.includes('-dark-'));
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  expect(violations, name).to.deep.equal([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth), name).to.be.at.most(width);
  if (options.screenshots === undefined) return;
  await page.screenshot({ path: join(options.screenshots, `${name}.png`), fullPage: true });
}

/** The files written by `assay inspect --html` and `assay profile -o`: no requests, searchable, can be opened. */
async function files(name: string, zomeFolder: string | undefined): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), `assay-files-${name}-`));
  try {
    const module = join(temporary, 'module.html');
    const wasm = zomeFolder === undefined ? POST : join(zomeFolder, 'notes-0.7/notes.wasm');
    const inspected = JSON.parse((await assay(['inspect', wasm, '--html', module, '--json'])).out) as {
      readonly functions: readonly unknown[];
    };
    const flame = join(temporary, 'profile.html');
    const input = 'vectors/guests/entries/post-valid-plain.msgpack';
    expect((await assay(['profile', POST, '--input', input, '-o', flame])).status).to.equal(0);
    await everyLook(name, async (browser, colours, device, width) => {
      const { page, faults } = await opened(browser, pathToFileURL(module).href, width, colours);
      const count = String(inspected.functions.length).replace(/\B(?=(\d{3})+$)/g, ',');
      expect(await page.textContent('#found')).to.match(new RegExp(` of ${count} functions$`));
      await page.fill('#find', 'validate');
      await page.locator('#rows button').first().click();
      expect(await page.textContent('#chosen h2')).to.include('validate');
      await page.locator('#tree summary').first().click();
      await page.locator('#tree li li').first().waitFor();
      await look(page, `${name}-inspect-${colours}-${device}`, width);
      expect(faults).to.deep.equal([]);
      await page.close();
      const other = await opened(browser, pathToFileURL(flame).href, width, colours);
      await look(other.page, `${name}-flame-${colours}-${device}`, width);
      expect(other.faults).to.deep.equal([]);
      await other.page.close();
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Speedscope's own page reads the file that `assay profile` writes for it. */
async function speedscope(browser: Browser, name: string): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), `assay-speedscope-${name}-`));
  try {
    const file = join(temporary, 'profile.speedscope.json');
    const input = 'vectors/guests/entries/post-valid-plain.msgpack';
    expect((await assay(['profile', POST, '--input', input, '-o', file])).status).to.equal(0);
    const { name: title } = JSON.parse(readFileSync(file, 'utf8')) as { readonly name: string };
    const page = await browser.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(pathToFileURL(SPEEDSCOPE).href);
    await page.setInputFiles('#file', file);
    await page.waitForFunction((text) => document.title.includes(text), title);
    await page.close();
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** The whole page, initially and after a run. */
async function looks(name: string): Promise<void> {
  await everyLook(name, async (browser, colours, device, width) => {
    const { page } = await opened(browser, PAGE, width, colours);
    const shot = (part: string) => look(page, `${name}-${part}-${colours}-${device}`, width);
    await shot('begin');
    await page.click('#examples button:text-is("a ledger, C")');
    await page.waitForFunction(() => document.getElementById('status')!.textContent === 'ledger.wasm is open');
    await run(page);
    await page.fill('#step-unit', '20000');
    await place(page, () => page.press('#step-unit', 'Enter'));
    await page.fill('#test-inputs', '20');
    await page.click('#test-run');
    await page.waitForFunction(() => document.getElementById('test-status')!.className !== '');
    await page.fill('#other', '0'.repeat(64));
    for (const summary of await page.locator('#identity summary').all()) await summary.click();
    await shot('run');
    await page.close();
  });
}

/** The page served by `assay ui`, with a module in it. */
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

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

/** Time of the first paint of a page. */
async function paintMs(browser: Browser, url: string): Promise<number> {
  const { page } = await opened(browser, url);
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  const ms = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]!.startTime);
  await page.close();
  return ms;
}

/** The page from disk, and an empty one, which shows how much slower everything is now. */
async function paint(browser: Browser, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `assay-empty-${name}-`));
  try {
    const empty = join(folder, 'empty.html');
    writeFileSync(empty, EMPTY);
    const [times, empties]: [number[], number[]] = [[], []];
    for (let i = 0; i < PAINTS; i++) {
      empties.push(await paintMs(browser, pathToFileURL(empty).href));
      times.push(await paintMs(browser, PAGE));
    }
    const slower = Math.max(1, median(empties) / EMPTY_MS[name]!);
    if (options.show) {
      const text = (all: readonly number[]) => all.map(Math.round).join(', ');
      console.log(`${name}: first paint ${text(times)} ms; of an empty page ${text(empties)} ms`);
    }
    expect(median(times), `ms, of an empty page ${median(empties)}`).to.be.at.most(PAINT_MS_MAX * slower);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const name of options.browser.length === 0 ? Object.keys(BROWSERS) : options.browser) {
  const browser = await BROWSERS[name]!('light');
  try {
    await check(`${name}, first paint`, () => paint(browser, name));
    await check(`${name}, a function`, () => fibonacci(browser));
    await check(`${name}, an entry`, () => entry(browser));
    await check(`${name}, hostile modules`, () => hostile(browser));
    await check(`${name}, steps`, () => steps(browser));
    await check(`${name}, source lines`, () => sources(browser));
    await check(`${name}, a link`, () => link(browser));
    await check(`${name}, replay files`, () => replay(browser, name, folder));
    await check(`${name}, the property`, () => property(browser, folder));
    await check(`${name}, assay ui`, () => served(browser));
    // Its page uses WebGL, which Firefox does not have without a screen.
    if (name === 'chromium') await check(`${name}, speedscope`, () => speedscope(browser, name));
    if (folder !== undefined) {
      await check(`${name}, an op`, () => op(browser, name, folder));
      await check(`${name}, a bundle`, () => bundle(browser, folder));
    }
  } finally {
    await browser.close();
  }
  await check(`${name}, looks`, () => looks(name));
  await check(`${name}, files`, () => files(name, folder));
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
