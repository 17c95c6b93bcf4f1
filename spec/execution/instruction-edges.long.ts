/** All code that walks over the bodies of real modules reads only at places where instructions start. */
import { equal } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readRealModules } from '../decode/real-modules.js';
import { type Counts, modulesBelow, walkAll } from './walk-edges.js';

/** Zomes from a real toolchain, if they are beside the project. */
const ZOMES = '../shared/zomes';

describe('edges of instructions', () => {
  const counts: Counts = new Map();

  it('are where every reader expects them, in real modules', () => {
    equal(
      walkAll(
        readRealModules().map(({ bytes }) => bytes),
        counts,
      ),
      readRealModules().length,
    );
    if (existsSync(ZOMES)) walkAll(modulesBelow(ZOMES), counts);
  }).timeout(120_000);
});
