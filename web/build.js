/**
 * Builds the page: one file, `dist/web/assay.html`, with its worker in it. Starts from what `tsc` wrote, because only `tsc` puts the
 * numbers of a `const enum` in place. Its policy names its script by its hash and allows no network.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
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

async function bundled(entry, define = {}) {
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], define });
  return outputFiles[0].text;
}

/** Modules to click, each with an entry to begin with if it takes one. */
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
// What ends a script must not be in one.
const defined = { WORKER_SOURCE: JSON.stringify(worker), EXAMPLES: JSON.stringify(EXAMPLES) };
const script = (await bundled('dist/web/page.js', defined)).replaceAll('</script', '<\\/script');
const hash = createHash('sha256').update(script).digest('base64');
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${hash}' 'wasm-unsafe-eval' blob:`,
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');
const parts = { CSP: policy, STYLE: readFileSync('web/style.css', 'utf8') + FLAME_STYLE, SCRIPT: script };
const html = readFileSync('web/page.html', 'utf8').replace(/%(CSP|STYLE|SCRIPT)%/g, (_, name) => parts[name]);
mkdirSync('dist/web', { recursive: true });
writeFileSync('dist/web/assay.html', html);
