/** A whole happ without a conductor: coordinators of the real hdk on an in-memory chain, in both tiers. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { UsageError } from '../../src/base/usage-error.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { action, actionHash } from '../../src/zome/action.js';
import { dataOf, headOf } from '../../src/zome/action-parts.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { zomeDefinitionsOf } from '../../src/zome/bundle.js';
import { visibilityOf } from '../../src/zome/chain-op.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { dnaDefinitionOf } from '../../src/zome/dna-definition.js';
import { CALL_DEPTH_MAX, type Happ } from '../../src/zome/happ.js';
import { guestCallsOf, type HappCall, type HappInit } from '../../src/zome/happ-call.js';
import { coreOf, hashText } from '../../src/zome/holo-hash.js';
import { record } from '../../src/zome/record.js';
import { verifySignature } from '../../src/zome/verify-signature.js';
import { actionHashIn, answered, at, type NotebookGeneration, notebookDna, notebookOf, TIME } from './notebook.js';

const typesOf = (happ: Happ) => happ.chain.map(({ signed_action }) => dataOf(signed_action.hashed.content).type);
const note = (title: string, body = '') => ({ title, body });
const verdictsOf = ({ validations }: HappCall | HappInit) =>
  validations.map(({ op, validation }) => `${op.kind} ${validation.verdict.kind}`);

/** Create, read, update, link, unlink, delete, and everything else that a zome function may do. */
function story(happ: Happ): readonly (HappCall | HappInit)[] {
  const done: (HappCall | HappInit)[] = [happ.init()];
  const call = (name: string, input: Parameters<Happ['call']>[2] = null, zome = 'notebook') => {
    const result = happ.call(zome, name, input);
    done.push(result);
    return result;
  };
  const first = actionHashIn(answered(call('create_note', note('one', 'two'))));
  call('get_note', first);
  const second = answered(call('update_note', { original: first, note: note('one, again') }));
  call('note_details', first);
  const tie = answered(call('tie_notes', { from: first, to: second, tag: 'newer' }));
  call('tie_notes', { from: first, to: second, tag: '' });
  call('untie_notes', tie);
  call('list_notes');
  call('count_notes');
  call('delete_note', first);
  call('get_note', first);
  call('my_chain', true);
  call('whoami');
  call('chance', 40);
  call('sign_and_verify', 'text');
  call('sign_once', ['a', 'b']);
  call('relay', { zome: 'archive', function: 'create_note', note: note('by another'), swallow: false });
  call('relay', { zome: 'archive', function: 'create_note', note: note(''), swallow: true });
  call('create_then_fail', note('dropped'));
  call('keep_secret', { text: 'mine' });
  call('open_to_all');
  call('activity');
  call('schedule_tick');
  call('descend', 0);
  return done;
}

export function describeHapp(generation: NotebookGeneration): void {
  describe(`a happ in memory, of generation ${generation}`, () => {
    /** Shared, because modules are then loaded once. */
    const engine: Engine = createEngine({ tier: 'interpreter' });
    let happ: Happ;
    let history: readonly (HappCall | HappInit)[];
    before(async function () {
      this.timeout(60_000);
      happ = await notebookOf(engine, generation);
      history = story(happ);
    });

    it('begins with a genesis, and init before the first call', async () => {
      const happ = await notebookOf(engine, generation);
      expect(typesOf(happ)).to.deep.equal(['Dna', 'AgentValidationPkg', 'Create']);
      expect(happ.isInitialized).to.equal(false);
      const { init, outcome } = happ.call('notebook', 'whoami');
      expect(outcome.kind).to.equal('ok');
      expect(init?.outcome.kind).to.equal('ok');
      // Both coordinators write a note.
      expect(typesOf(happ).slice(3)).to.deep.equal(['Create', 'Create', 'InitZomesComplete']);
      expect(happ.isInitialized).to.equal(true);
      expect(happ.init()).to.equal(init);
      expect(happ.call('notebook', 'whoami').init).to.equal(undefined);
    });

    it('chains its actions by hash, number and time, signed by the agent', () => {
      const key = agentFromSeed(new Uint8Array(32).fill(7)).key;
      expect(happ.chain.length).to.be.greaterThan(12);
      for (const [index, { signed_action }] of happ.chain.entries()) {
        const { content, hash } = signed_action.hashed;
        const { author, seq, previous, timestamp } = headOf(content);
        const before = happ.chain[index - 1]?.signed_action.hashed;
        expect([hashText(author), seq]).to.deep.equal([hashText(key), index]);
        expect(previous && toHex(previous)).to.equal(before && toHex(before.hash));
        expect(toHex(hash)).to.equal(toHex(actionHash(content, generation)));
        if (before !== undefined) expect(timestamp > headOf(before.content).timestamp).to.equal(true);
        const bytes = encodeBytes(action(generation), content);
        expect(verifySignature(coreOf(key), signed_action.signature, bytes)).to.equal(true);
      }
    });

    it('creates, reads, updates, links and deletes, and every op is validated', () => {
      const created = happ.call('notebook', 'create_note', note('one', 'two'));
      const made = answered(created);
      const hash = actionHashIn(made);
      const committed = created.records.map(({ signed_action }) => dataOf(signed_action.hashed.content).type);
      // The path of all notes already exists.
      expect(committed).to.deep.equal(['Create', 'CreateLink']);
      const old = generation === '0.6';
      const ofCreate = old
        ? ['StoreRecord', 'RegisterAgentActivity', 'StoreEntry']
        : ['CreateRecord', 'AgentActivity', 'CreateEntry'];
      const ofLink = old
        ? ['StoreRecord', 'RegisterAgentActivity', 'RegisterCreateLink']
        : ['CreateRecord', 'AgentActivity', 'CreateLink'];
      const kinds = [...ofCreate, ...ofLink];
      expect(verdictsOf(created)).to.deep.equal(kinds.map((kind) => `${kind} Valid`));
      expect(created.postCommits.map(({ zome, result }) => [zome, result.ok])).to.deep.equal([['notebook', true]]);
      const seqs = created.records.map(({ signed_action }) => headOf(signed_action.hashed.content).seq);
      expect(created.signals).to.deep.equal([{ zome: 'notebook', signal: encodeMessagePack({ seqs }) }]);

      const read = happ.call('notebook', 'get_note', hash);
      expect(read.outcome.kind === 'ok' && toHex(read.outcome.output)).to.equal(
        created.outcome.kind === 'ok' && toHex(created.outcome.output),
      );
      const decoded = decodeBytes(
        record(generation),
        read.outcome.kind === 'ok' ? read.outcome.output : new Uint8Array(),
      );
      expect(decoded.ok).to.equal(true);

      const changed = happ.call('notebook', 'update_note', { original: hash, note: note('one, again') });
      const second = answered(changed) as Uint8Array;
      expect(verdictsOf(changed).at(-1)).to.equal(old ? 'RegisterUpdate Valid' : 'Update Valid');
      const details = answered(happ.call('notebook', 'note_details', hash));
      expect(at(details, 'type')).to.equal('Record');
      expect(at(details, 'content', 'updates', 0, 'hashed', 'hash')).to.deep.equal(second);
      expect(at(details, 'content', 'deletes', 'length')).to.equal(0);

      const tied = happ.call('notebook', 'tie_notes', { from: hash, to: second, tag: 'newer' });
      expect(verdictsOf(tied).at(-1)).to.equal(old ? 'RegisterCreateLink Valid' : 'CreateLink Valid');
      const untied = happ.call('notebook', 'untie_notes', answered(tied));
      expect(verdictsOf(untied).at(-1)).to.equal(old ? 'RegisterDeleteLink Valid' : 'DeleteLink Valid');

      const links = answered(happ.call('notebook', 'list_notes')) as readonly MessagePackValue[];
      const count = links.length;
      expect(answered(happ.call('notebook', 'count_notes'))).to.equal(count);
      const own = links.filter((one) => toHex(at(one, 'target') as Uint8Array) === toHex(hash));
      expect(own).to.have.lengthOf(1);
      answered(happ.call('notebook', 'untie_notes', at(own[0], 'create_link_hash')));
      expect(answered(happ.call('notebook', 'count_notes'))).to.equal(count - 1);
      const all = answered(happ.call('notebook', 'note_links')) as readonly MessagePackValue[];
      expect(all).to.have.lengthOf(count);
      expect(all.map((one) => at(one, 1, 'length')).filter((deletes) => deletes === 1)).to.have.lengthOf(1);

      const deleted = happ.call('notebook', 'delete_note', hash);
      expect(verdictsOf(deleted).at(-1)).to.equal(old ? 'RegisterDelete Valid' : 'Delete Valid');
      expect(answered(happ.call('notebook', 'get_note', hash))).to.equal(null);
      const entry = at(made, 'signed_action', 'hashed', 'content', ...(old ? [] : ['data']), 'entry_hash');
      expect(answered(happ.call('notebook', 'get_entry', entry))).to.equal(null);
      const dead = answered(happ.call('notebook', 'note_details', entry));
      expect([at(dead, 'type'), at(dead, 'content', 'entry_dht_status')]).to.deep.equal(['Entry', 'Dead']);
      expect(actionHashIn(answered(happ.call('notebook', 'get_note', second)))).to.deep.equal(second);
    });

    it('queries its chain', () => {
      const chain = answered(happ.call('notebook', 'my_chain', false));
      expect(at(chain, 'length')).to.equal(happ.chain.length);
      const notes = answered(happ.call('notebook', 'my_notes')) as readonly ReturnType<typeof at>[];
      const seqs = notes.map((one) =>
        at(one, 'signed_action', 'hashed', 'content', ...(generation === '0.6' ? [] : ['header']), 'action_seq'),
      );
      expect(seqs).to.have.lengthOf.greaterThan(3);
      expect(seqs).to.deep.equal([...seqs].sort((a, b) => Number(b) - Number(a)));
      const places = answered(happ.call('notebook', 'activity'));
      expect(places).to.deep.equal(happ.chain.map((_, seq) => seq));
    });

    it('discards all writes of a call if one op is not Valid, with the error of the real host', () => {
      const before = happ.chain.length;
      const { outcome, records, validations, postCommits } = happ.call('notebook', 'create_all', [
        note('fine'),
        note(''),
      ]);
      expect(outcome).to.include({
        kind: 'rejected',
        cause: 'invalid',
        text: 'Source chain error: InvalidCommit error: Validation failed while committing: a note has a title',
      });
      expect(validations.at(-1)?.validation.verdict).to.deep.equal({ kind: 'Invalid', reason: 'a note has a title' });
      expect([records.length, postCommits.length, happ.chain.length]).to.deep.equal([0, 0, before]);
      expect(outcome.kind === 'rejected' && outcome.validation).to.equal(validations.at(-1));
    });

    it('discards all if the zome function returns an error, or a validation has no verdict', () => {
      const before = happ.chain.length;
      const failed = happ.call('notebook', 'create_then_fail', note('dropped'));
      expect(failed.outcome).to.include({ kind: 'error' });
      expect(failed.outcome.kind === 'error' && failed.outcome.error.error).to.deep.equal({
        kind: 'Guest',
        value: 'changed my mind',
      });
      expect(failed.validations).to.have.lengthOf(0);
      const spun = happ.call('notebook', 'create_all', [note('spin')], { fuel: 5_000_000 });
      expect(spun.outcome).to.include({ kind: 'rejected', cause: 'no-verdict' });
      const starved = happ.call('notebook', 'create_note', note('one'), { fuel: 500_000 });
      expect(starved.outcome).to.include({ kind: 'no-answer' });
      expect(starved.call?.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
      expect(happ.chain.length).to.equal(before);
    });

    it('waits for missing dependencies', () => {
      const hash = actionHashIn(answered(happ.call('notebook', 'create_note', note('one'))));
      const nowhere = hash.slice();
      nowhere[10]! ^= 1;
      const { outcome } = happ.call('notebook', 'tie_notes', { from: hash, to: nowhere, tag: 'lost' });
      expect(outcome).to.include({
        kind: 'rejected',
        cause: 'incomplete',
        text: `Source chain error: The commit could not be completed but may be retried: DepMissingFromDht([${hashText(nowhere)}])`,
      });
      const missing = happ.call('notebook', 'delete_note', nowhere);
      expect(missing.outcome.kind === 'error' && missing.outcome.error.error).to.deep.equal({
        kind: 'Host',
        value: `A mandatory record is missing, dht hash: ${hashText(nowhere)}`,
      });
    });

    it('calls another zome within the same scratch, and charges the caller', () => {
      const relay = (title: string, swallow = false, name = 'create_note', zome = 'archive') =>
        happ.call('notebook', 'relay', { zome, function: name, note: note(title), swallow });
      const done = relay('by another zome');
      expect(answered(done)).to.not.equal(null);
      expect(done.nested.map(({ zome, export: name }) => [zome, name])).to.deep.equal([['archive', 'create_note']]);
      expect(done.records).to.have.lengthOf(2);
      const used = done.call!.receipt.fuel.used;
      const inner = done.nested[0]!.receipt.fuel;
      expect(inner.used).to.be.greaterThan(1_000_000);
      expect(done.call!.receipt.fuel.parts.host).to.be.greaterThan(inner.used);
      expect(used).to.be.greaterThan(inner.used);
      expect(inner.limit).to.be.lessThan(done.call!.receipt.fuel.limit);
      // The other zome runs out of fuel where the caller would.
      const fuel = relay('again').nested[0]!.receipt.fuel.used;
      const input = { zome: 'archive', function: 'create_note', note: note('again'), swallow: true };
      const dry = happ.call('notebook', 'relay', input, { fuel });
      expect(dry.nested.map(({ outcome }) => outcome)).to.deep.equal([{ kind: 'exhausted', resource: 'fuel' }]);
      expect(dry.call?.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
      expect(dry.call?.receipt.fuel.used).to.equal(fuel);
      // Writes of the other zome stay in the scratch space, as in the real host, so the commit fails with it.
      expect(relay('', true).outcome).to.include({ kind: 'rejected', cause: 'invalid' });
      expect(relay('kept', true, 'create_then_fail').records).to.have.lengthOf(1);
      const unknown = relay('nobody', false, 'no_such_function');
      expect(unknown.outcome.kind === 'error' && unknown.outcome.error.error).to.deep.equal({
        kind: 'Host',
        value: "Attempted to call a zome function that doesn't exist: Zome: archive Fn no_such_function",
      });
    });

    it('returns the same text of a failed call to its caller in both tiers', async () => {
      const answers: unknown[] = [];
      for (const tier of ['interpreter', 'instrumented'] as const) {
        const happ = await notebookOf(createEngine({ tier }), generation);
        happ.init();
        const relay = (name: string, title: string, fuel?: number) => {
          const input = { zome: 'archive', function: name, note: note(title), swallow: false };
          const { outcome, nested } = happ.call('notebook', 'relay', input, fuel === undefined ? {} : { fuel });
          return { name, outcome, nested: nested.map(({ outcome }) => outcome) };
        };
        const failed = [
          relay('create_then_fail', 'dropped'),
          relay('no_such_function', ''),
          // Inputs of a wrong type: the guest's message is that of serde.
          ...['count_notes', 'get_note', 'update_note', 'create_all', 'whoami'].map((name) => relay(name, 'a note')),
          ...[5_000, 100_000, 700_000, 1_200_000].map((fuel) => relay('create_note', 'dry', fuel)),
          { name: 'descend', outcome: happ.call('notebook', 'descend', 0).outcome },
        ];
        const kinds = failed.map(({ name, outcome }) => `${name} ${outcome.kind}`);
        expect(kinds.filter((kind) => kind.endsWith(' ok'))).to.deep.equal([]);
        expect(new Set(failed.map(({ outcome }) => JSON.stringify(outcome))).size).to.be.greaterThan(5);
        answers.push(failed);
      }
      expect(answers[0]).to.deep.equal(answers[1]);
    });

    it('limits how deep zomes call each other', () => {
      const { outcome, nested } = happ.call('notebook', 'descend', 0);
      expect(nested).to.have.lengthOf(CALL_DEPTH_MAX);
      expect(outcome.kind === 'error' && outcome.text).to.include(`calls are nested more than ${CALL_DEPTH_MAX} deep`);
    });

    it('has no network', () => {
      const other = agentFromSeed(new Uint8Array(32).fill(8)).key;
      const done = happ.call('notebook', 'far_away', other);
      expect(answered(done)).to.equal('a cell in memory has no network');
      expect(done.remoteSignals.map(({ agents }) => agents)).to.deep.equal([[other]]);
    });

    it('takes agent, time and randomness from its inputs alone', async () => {
      const chance = (one: Happ) => answered(one.call('notebook', 'chance', 20));
      const happ = await notebookOf(engine, generation);
      const first = chance(happ);
      expect(at(first, 'time')).to.equal(Number(TIME));
      expect(at(first, 'again')).to.equal(Number(TIME));
      expect(at(first, 'first')).to.not.deep.equal(at(first, 'second'));
      expect(chance(await notebookOf(engine, generation))).to.deep.equal(first);
      const otherwise = chance(await notebookOf(engine, generation, { randomSeed: Uint8Array.of(2) }));
      expect(at(otherwise, 'first')).to.not.deep.equal(at(first, 'first'));
      const later = happ.call('notebook', 'chance', 1, { time: TIME + 5n });
      expect([at(answered(later), 'time'), later.time, happ.time]).to.deep.equal([
        Number(TIME) + 5,
        TIME + 5n,
        TIME + 5n,
      ]);
      const who = answered(happ.call('notebook', 'whoami'));
      expect(at(who, 'provenance')).to.deep.equal(happ.agent.key);
      expect([at(who, 'function'), at(who, 'as_at')]).to.deep.equal(['whoami', happ.chain.length - 1]);
      expect(answered(happ.call('notebook', 'sign_and_verify', 'text'))).to.equal(true);
      expect(answered(happ.call('notebook', 'sign_once', ['a', 'b']))).to.equal(true);
    });

    it('validates a private entry, and publishes none of it', () => {
      const secret = happ.call('notebook', 'keep_secret', { text: 'mine' });
      expect(secret.validations).to.have.lengthOf(3);
      expect(verdictsOf(secret)[2]).to.match(/Entry Valid$/);
      const granted = happ.call('notebook', 'open_to_all');
      expect(granted.validations).to.have.lengthOf(3);
      const [first, second] = [secret, granted].map(({ records }) => records[0]!.signed_action.hashed.hash);
      const ops = happ.ops();
      for (const hash of [first!, second!]) {
        const own = ops.filter(({ op }) => JSON.stringify(op, jsonable).includes(`"hash":"${toHex(hash)}"`));
        expect(own).to.have.lengthOf(2);
      }
      const entries = happ.chain.filter(({ signed_action }) => {
        const data = dataOf(signed_action.hashed.content);
        return (
          (data.type === 'Create' || data.type === 'Update') && visibilityOf(signed_action.hashed.content) === 'Public'
        );
      });
      const entryOp = generation === '0.6' ? 'StoreEntry' : 'CreateEntry';
      expect(ops.filter(({ name }) => name === entryOp)).to.have.lengthOf(entries.length);
    });

    it('returns the same receipts in both tiers, and every call can be replayed from its recording', async function () {
      this.timeout(120_000);
      const receiptsOf = (runs: readonly (HappCall | HappInit)[]) =>
        runs
          .flatMap(guestCallsOf)
          .map(({ zome, export: name, receipt }) => `${zome} ${name} ${toHex(receiptHash(receipt))}`);
      const receipts = receiptsOf(history);
      expect(receipts).to.have.lengthOf.greaterThan(60);
      const other = await notebookOf(createEngine({ tier: 'instrumented' }), generation);
      expect(receiptsOf(story(other))).to.deep.equal(receipts);
      // Without a cell, a chain or records: there is only the recording.
      const dna = await notebookDna(generation);
      const zomes = zomeDefinitionsOf(dna);
      const made = await createZomeHost({ engine, zomes, dnaInfo: dnaDefinitionOf(dna), generation });
      if (!made.ok) throw new Error(made.fault.code);
      const calls = history.flatMap(guestCallsOf);
      const again = calls.map((call) => made.host.replay(call));
      expect(again.map(({ receipt }) => toHex(receiptHash(receipt)))).to.deep.equal(
        calls.map(({ receipt }) => toHex(receiptHash(receipt))),
      );
      const wrote = calls.find(({ export: name }) => name === 'create_note')!;
      const short = { ...wrote, recording: wrote.recording.slice(0, -1) };
      expect(() => made.host.replay(short)).to.throw(HostFailure, 'it is of another call');
    });

    it('reports to the caller what cannot be called', () => {
      expect(() => happ.call('nobody', 'whoami')).to.throw(RangeError, "unknown zome 'nobody'");
      expect(() => happ.call('notebook', 'nothing')).to.throw(UsageError, "does not export a function 'nothing'");
      expect(happ.call('notebook', 'whoami').outcome.kind).to.equal('ok');
    });
  });
}

function jsonable(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  return typeof value === 'bigint' ? String(value) : value;
}
