/** Coordinators of the real hdk of the newest generation; those of the previous one are in a long test. */
import { expect } from 'chai';
import { UsageError } from '../../src/base/usage-error.js';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { createHapp } from '../../src/zome/create-happ.js';
import { describeHapp } from './describe-happ.js';
import { actionHashIn, answered, notebookDna, notebookOf, TIME } from './notebook.js';

describeHapp('0.7');

const note = (title: string, body = '') => ({ title, body });

describe('a happ in memory', () => {
  const engine: Engine = createEngine({ tier: 'interpreter' });

  it('finds what others have published', async () => {
    const author = await notebookOf(engine, '0.6', { agent: { seed: new Uint8Array(32).fill(9) } });
    const hash = actionHashIn(answered(author.call('notebook', 'create_note', note('from afar'))));
    const reader = await notebookOf(engine, '0.6', { records: author.chain });
    expect(actionHashIn(answered(reader.call('notebook', 'get_note', hash)))).to.deep.equal(hash);
    expect(answered(reader.call('notebook', 'count_notes'))).to.equal(1);
    const own = actionHashIn(answered(reader.call('notebook', 'create_note', note('my own'))));
    expect(answered(reader.call('notebook', 'tie_notes', { from: own, to: hash, tag: 'see' }))).to.be.instanceOf(
      Uint8Array,
    );
    // The integrity zome checks who wrote the deleted entry.
    expect(reader.call('notebook', 'delete_note', hash).outcome).to.include({ kind: 'rejected', cause: 'invalid' });
    expect(answered(reader.call('notebook', 'activity'))).to.deep.equal(reader.chain.map((_, seq) => seq));
  }).timeout(60_000);

  it('is not available for a generation with unsupported chains, nor for an invalid seed', async () => {
    const rest = { engine, dna: await notebookDna('0.6'), time: TIME, randomSeed: new Uint8Array() };
    const refused = await createHapp({ ...rest, agent: { seed: new Uint8Array(32) }, generation: '0.2' });
    expect(refused).to.include({ ok: false, reason: 'generation' });
    const failure = await createHapp({ ...rest, agent: { seed: new Uint8Array(31) } }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UsageError);
  }).timeout(60_000);
});
