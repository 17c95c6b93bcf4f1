/** Generated files match the tables. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { generatedFiles } from './generated.js';

describe('generated files of the interpreter', function () {
  this.timeout(30_000);
  for (const [path, text] of generatedFiles())
    it(`${path} is up to date (npm run interpreter:write)`, () => {
      expect(readFileSync(path, 'utf8') === text, `${path} differs from its table: npm run interpreter:write`).to.equal(
        true,
      );
    });
});
