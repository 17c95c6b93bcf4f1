/** The kind of work of an op: a text for every kind of op in every generation. */
import { expect } from 'chai';
import type { Generation } from '../../src/boundary/generation.js';
import { opWork } from '../../src/zome/op-work.js';
import { samples } from './sample-ops.js';

/** For the sample ops with entry 3 of zome 2 and link type 5; keyed by the op's name in 0.6. */
const WORK: Readonly<Record<string, string>> = {
  StoreRecord: 'Create App 2 3',
  StoreEntry: 'Create App 2 3',
  RegisterUpdate: 'App 2 3',
  RegisterDelete: '',
  RegisterAgentActivity: 'Create App 2 3',
  RegisterCreateLink: '2 5',
  RegisterDeleteLink: '2 5',
};
/** In 0.7 every action carries its type, and ops have other names. */
const WORK_07: Readonly<Record<string, string>> = {
  CreateRecord: 'Create App 2 3',
  CreateEntry: 'Create App 2 3',
  Update: 'Update App 2 3',
  Delete: 'Delete',
  AgentActivity: 'Create App 2 3',
  CreateLink: 'CreateLink 2 5',
  DeleteLink: 'CreateLink 2 5',
};

describe('zome: the description of an op', () => {
  for (const generation of ['0.2', '0.2-map', '0.6', '0.7'] satisfies Generation[]) {
    it(`is available for every op of ${generation}`, () => {
      const { ops } = samples({ generation, zomeIndex: 2, entryIndex: 3, linkType: 5 });
      const expected = generation === '0.7' ? WORK_07 : WORK;
      expect(new Set(ops.map(({ op }) => op.kind))).to.deep.equal(new Set(Object.keys(expected)));
      const first = new Map([...ops].reverse().map(({ op }) => [op.kind, op]));
      for (const [kind, op] of first) expect(opWork(op), kind).to.equal(`${kind} ${expected[kind]}`.trim());
    });
  }
});
