/**
 * The list of mutants that no test can kill, and the list of mutated storeys: the items that they name exist. Stryker's
 * runs check the rest.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readEquivalents } from './equivalents.js';
import { sourceFiles } from './source-files.js';
import { STOREYS } from './storeys.js';

/** Why files are not mutated. */
const LEFT_OUT: readonly (readonly [file: RegExp, reason: string])[] = [
  [/^src\/(?:instrumented|interpreter)\//, 'the tiers have stages of their own (spec/mutants)'],
  [/^src\/index\.ts$/, 'names alone'],
  [/^src\/builtins\/unchanged\.ts$/, 'written from a list, with which a spec compares it'],
  [/^src\/service\/(?!protocol\/)/, 'what it does over HTTP is looked at by npm run service:check'],
  [/^src\/service\/protocol\/(?:messages|routes|problems)\.ts$/, 'tables'],
];

it('entries of equivalent mutants match the source', () => {
  for (const { file, line, code } of readEquivalents()) {
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n').map((one) => one.trim());
    expect(lines, `${file}: ${line}`).to.include(line);
    expect(text.replace(/\s+/g, ' ').includes(code), `${file}: ${line}: ${code}`).to.equal(true);
  }
});

it('every file of src, with listed exceptions, is mutated in one storey, by existing specs', () => {
  const files = sourceFiles(['src']).filter((file) => LEFT_OUT.every(([left]) => !left.test(file)));
  const owners = new Map(files.map((file) => [file, [] as string[]]));
  for (const { name, folders, isOwn, specs } of STOREYS) {
    for (const file of sourceFiles(folders).filter(isOwn)) owners.get(file)?.push(name);
    for (const spec of specs) {
      const path = spec.replace(/\.js$/, '.ts');
      const folder = `spec/${path.slice(0, path.indexOf('/'))}`;
      const found = path.includes('*') ? readdirSync(folder).length > 0 : existsSync(`spec/${path}`);
      expect(found, `${name}: ${spec}`).to.equal(true);
    }
  }
  for (const [file, storeys] of owners) expect(storeys.length, `${file}: ${storeys.join(', ')}`).to.be.at.most(1);
  const without = [...owners].filter(([, storeys]) => storeys.length === 0).map(([file]) => file);
  expect(without).to.deep.equal([]);
});
