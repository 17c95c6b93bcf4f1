/**
 * The whole package under SES: `lockdown` freezes the built-ins, before the import or after it, and nothing observable
 * changes.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const PROGRAM = fileURLToPath(new URL('lockdown-run.js', import.meta.url));

describe('in a process that is locked down', () => {
  for (const when of ['before', 'after']) {
    it(`${when} the import, every vector passes`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, when]);
      expect(stdout).to.match(/^[\d,]+ vectors passed, 0 failed$/m);
    });
  }
});
