/**
 * Builds vectors/fuel/*.json from the .wat files beside them. Before each module stand comments:
 *
 *     ;;; name: NAME
 *     ;;; shows: the sentence of SEMANTICS
 *     ;;; call: EXPORT [TYPE:VALUE ...] [limit N] => OUTCOME [pages N]; INSTANTIATE + GUEST + HOST; why
 *
 * Each call makes one vector. The expected fuel is written by hand, never by a program. Run: node vectors/fuel/build.mjs
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import initWabt from 'wabt';

const DEFAULT_LIMIT = 1_000_000_000;
const FEATURES = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };
const folder = new URL('.', import.meta.url);
const wabt = await initWabt();

function outcomeOf(words) {
  const [kind, ...rest] = words;
  if (kind === 'returned') return { kind, values: rest };
  if (kind === 'trapped') return { kind, code: rest[0] };
  if (kind === 'exhausted') return { kind, resource: rest[0] };
  throw new Error(`no outcome '${words.join(' ')}'`);
}

function callOf(text) {
  const [, left, right] = /^(.*?) => (.*)$/.exec(text);
  const [name, ...words] = left.split(' ');
  const limitAt = words.indexOf('limit');
  const limit = limitAt < 0 ? DEFAULT_LIMIT : Number(words[limitAt + 1]);
  const args = limitAt < 0 ? words : words.slice(0, limitAt);
  const [, end, instantiate, guest, host, why] = /^([^;]*); (\d+) \+ (\d+) \+ (\d+); (.*)$/.exec(right);
  const endWords = end.split(' ');
  const pagesAt = endWords.indexOf('pages');
  const parts = { instantiate: Number(instantiate), guest: Number(guest), host: Number(host) };
  return {
    export: name,
    args,
    limit,
    outcome: outcomeOf(pagesAt < 0 ? endWords : endWords.slice(0, pagesAt)),
    used: parts.instantiate + parts.guest + parts.host,
    parts,
    pages: pagesAt < 0 ? 0 : Number(endWords[pagesAt + 1]),
    why,
  };
}

function vectorsOf(file) {
  const vectors = [];
  for (const piece of readFileSync(new URL(file, folder), 'utf8').split(/^(?=;;; name: )/m)) {
    const header = piece.split('\n').filter((line) => line.startsWith(';;; '));
    const field = (name) => header.filter((line) => line.startsWith(`;;; ${name}: `)).map((line) => line.slice(name.length + 6));
    const wat = piece.split('\n').filter((line) => !line.startsWith(';;; ')).join('\n').trim();
    const parsed = wabt.parseWat(file, wat, FEATURES);
    parsed.validate(FEATURES);
    const wasm = Buffer.from(parsed.toBinary({ canonicalize_lebs: true }).buffer).toString('hex');
    field('call').forEach((text, index) => {
      const name = `${field('name')[0]}/${index + 1}`;
      vectors.push({ name, shows: field('shows')[0], ...callOf(text), wat, wasm });
    });
  }
  return vectors;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.wat'))) {
  const vectors = vectorsOf(file);
  writeFileSync(new URL(file.replace(/\.wat$/, '.json'), folder), `${JSON.stringify(vectors, undefined, 2)}\n`);
}
