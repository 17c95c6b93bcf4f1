import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { tierless } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { outcomeKey } from '../../src/agreement/outcome-key.js';
import { FAULTS, type FaultKind } from '../../src/base/fault.js';
import { BREACHES } from '../../src/boundary/byte-abi.js';
import { TIERS } from '../../src/engine/tier.js';
import { readInstructionVectors } from './instruction-vectors.js';
import { makeOutcomeVectors, readOutcomeVectors } from './outcome-vectors.js';

interface LoadVector {
  readonly code: string;
}

function codesOf(kind: FaultKind): readonly string[] {
  return Object.entries(FAULTS).flatMap(([code, row]) => (row.kind === kind ? [code] : []));
}

const OUTCOMES = readOutcomeVectors();
const ENDS = new Set(OUTCOMES.flatMap(({ expected }) => expected.map(outcomeKey)));

/** Codes that occur in the vectors of a kind, as written in the files. */
const SHOWN: Readonly<Record<FaultKind, () => ReadonlySet<string>>> = {
  malformed: loadCodes,
  invalid: loadCodes,
  refused: loadCodes,
  unlinkable: () => endsOf('fault '),
  trapped: () =>
    new Set(
      readInstructionVectors().flatMap(({ cases }) => cases.flatMap(({ trap }) => (trap === undefined ? [] : [trap]))),
    ),
  exhausted: () => endsOf('exhausted '),
  breached: () => endsOf('breached '),
};

function loadCodes(): ReadonlySet<string> {
  const rows = JSON.parse(readFileSync('vectors/malformed/load-faults.json', 'utf8')) as LoadVector[];
  return new Set(rows.map(({ code }) => code));
}

function endsOf(prefix: string): ReadonlySet<string> {
  return new Set([...ENDS].flatMap((end) => (end.startsWith(prefix) ? [end.slice(prefix.length)] : [])));
}

describe('vectors', () => {
  for (const [kind, shown] of Object.entries(SHOWN) as [FaultKind, () => ReadonlySet<string>][]) {
    it(`include one for every code of the kind ${kind}`, () => {
      assert.includeMembers([...shown()], [...codesOf(kind)]);
    });
  }

  it('include one for every breach of the byte ABI, and for a reference', () => {
    assert.sameMembers([...endsOf('breached ')], [...Object.keys(BREACHES), 'reference']);
  });

  it('include one for every kind of outcome', () => {
    const kinds = new Set([...ENDS].map((end) => end.split(' ')[0]));
    assert.includeMembers([...kinds], ['returned', 'trapped', 'exhausted', 'short-circuited', 'breached', 'fault']);
  });

  it('of outcomes end as stated, both as read from the file and as generated again', async () => {
    for (const { name, ends, expected } of OUTCOMES) assert.equal(outcomeKey(expected[0]!), ends, name);
    assert.deepEqual(JSON.parse(JSON.stringify(await makeOutcomeVectors())), OUTCOMES);
  });

  for (const tier of TIERS) {
    it(`of outcomes are met by the tier ${tier}`, async () => {
      const node = engineNode({ tier });
      for (const { name, module, calls, expected } of OUTCOMES) {
        const answers = await node.run(moduleOfJson(module), calls);
        assert.deepEqual(JSON.parse(JSON.stringify(answers.map(tierless))), expected, name);
      }
    });
  }
});
