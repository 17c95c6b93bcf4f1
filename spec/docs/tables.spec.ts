/**
 * Generated tables of the pages match the code (`npm run docs:write`): every name, price, reason and release in them.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { TABLES } from './pages.js';

for (const [path, page] of TABLES) {
  it(`${path} matches its source`, () => {
    expect(page()).to.equal(readFileSync(path, 'utf8'));
  });
}
