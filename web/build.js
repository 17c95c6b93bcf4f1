/**
 * Builds the page: one file, `dist/web/assay.html`. Starts from the output of `tsc`, because only `tsc` inlines the
 * numbers of a `const enum`. Its policy names its script and its style by their hashes and allows no network.
 *
 * Its worker, which is most of it, and its examples are embedded as text, which no browser parses as a script before it
 * paints; the worker is compressed, since a browser reads all of a file before it paints.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { FLAME_STYLE } from '../dist/src/profile/flame-style.js';

const OPTIONS = {
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
};

/** Text that would end a script must not occur in one. */
async function bundled(entry) {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry] });
  return outputFiles[0].text.replaceAll('</script', '<\\/script');
}

/** Example modules to click, each with an initial entry if it takes one. */
const EXAMPLES = [
  { file: 'raw/fibonacci.wasm', title: 'fibonacci, by hand' },
  { file: 'post/post.wasm', title: 'posts, AssemblyScript', entry: 'post-valid-plain.json' },
  { file: 'ledger/ledger.wasm', title: 'a ledger, C', entry: 'ledger-valid-conditions.json' },
].map(({ file, title, entry }) => ({
  name: basename(file),
  title,
  base64: readFileSync(`vectors/guests/${file}`).toString('base64'),
  ...(entry === undefined ? {} : { entry: readFileSync(`vectors/guests/entries/${entry}`, 'utf8') }),
}));

const worker = await bundled('dist/web/worker.js');
const script = await bundled('dist/web/page.js');
const style = readFileSync('web/style.css', 'utf8') + FLAME_STYLE;
const sourceOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = [
  "default-src 'none'",
  `script-src ${sourceOf(script)} 'wasm-unsafe-eval' blob:`,
  'worker-src blob:',
  `style-src ${sourceOf(style)}`,
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');
const parts = {
  CSP: policy,
  STYLE: style,
  BUTTONS: EXAMPLES.map(({ name, title }) => `<button type="button" data-example="${name}">${title}</button>`).join(''),
  EXAMPLES: JSON.stringify(EXAMPLES).replaceAll('<', '\\u003c'),
  WORKER: gzipSync(worker, { level: 9 }).toString('base64'),
  SCRIPT: script,
};
const html = readFileSync('web/page.html', 'utf8').replace(/%([A-Z]+)%/g, (_, name) => parts[name]);
mkdirSync('dist/web', { recursive: true });
writeFileSync('dist/web/assay.html', html);
