/**
 * The pages are true: examples print the output shown, links have targets. For generated tables see `tables.spec.ts`.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { encodeReceipt } from '../../src/index.js';
import { loadText } from '../engine/load-text.js';
import { codeBlocks } from './code-blocks.js';
import { EXAMPLES } from './pages.js';

const ALL_PAGES = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs').map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

describe('pages', () => {
  for (const [path, page] of EXAMPLES) {
    it(`${path} matches its source`, () => {
      expect(page()).to.equal(readFileSync(path, 'utf8'));
    });
  }

  for (const path of ALL_PAGES) {
    it(`${path} has no broken links`, () => {
      const text = readFileSync(path, 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (!target.startsWith('http')) expect(existsSync(join(dirname(path), target)), target).to.equal(true);
      }
    });
  }

  it('have examples that are run', () => {
    for (const path of ['README.md', 'docs/GUIDE.md']) {
      const languages = codeBlocks(readFileSync(path, 'utf8')).map(({ language }) => language);
      expect(languages).to.include.members(['js', 'text', 'console']);
    }
  });

  it('state how many bytes a receipt has', async () => {
    const bytes = encodeReceipt((await loadText('(module (func (export "f")))')).call('f').receipt);
    const said = `${bytes.length} bytes for a call that returns from an export of one letter`;
    expect(readFileSync('docs/SEMANTICS.md', 'utf8').replace(/\s+/g, ' ')).to.include(said);
  });
});
