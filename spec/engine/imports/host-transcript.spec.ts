/**
 * The recorded results of a call's host functions for a second run: in order, within the bound, and only as long as the
 * run matches them.
 */
import { expect } from 'chai';
import type { HostAnswer } from '../../../src/engine/imports/host-import.js';
import { type HostStep, HostTranscript } from '../../../src/engine/imports/host-transcript.js';
import { HostFailure, i32, i64 } from '../../../src/index.js';

const IN = Uint8Array.of(1, 2, 3);
const NO_BYTES = new Uint8Array(0);
const BOUND = 1_000_000;

/** Makes a call for each of the names; each writes the given number of bytes. */
function filled(names: readonly string[], { bytes = 0, bound = BOUND, sees = '' } = {}): HostTranscript {
  const transcript = new HostTranscript(bound);
  for (const name of names) {
    const { replay } = transcript.begin('env', name, IN);
    expect(replay).to.equal(false);
    if (bytes > 0) transcript.did({ kind: 'write', offset: 0, bytes: new Uint8Array(bytes) });
    if (name === sees) transcript.sawFuel();
    transcript.ended([], false);
  }
  return transcript;
}

function replays(transcript: HostTranscript, names: readonly string[], input = IN): readonly boolean[] {
  return names.map((name) => {
    const { replay } = transcript.begin('env', name, input);
    transcript.ended([], false);
    return replay;
  });
}

describe('a transcript of host calls', () => {
  it('returns each result at its place in the next attempt', () => {
    const names = ['a', 'b', 'a'];
    expect(replays(filled(names).again(), names)).to.deep.equal([true, true, true]);
    expect(replays(filled(names).again(), [...names, 'a'])).to.deep.equal([true, true, true, false]);
  });

  it('returns none from where the calls differ: in name, module or input', () => {
    expect(replays(filled(['a', 'b', 'c']).again(), ['a', 'x', 'c'])).to.deep.equal([true, false, false]);
    expect(replays(filled(['a', 'b']).again(), ['a', 'b'], Uint8Array.of(1, 2, 4))).to.deep.equal([false, false]);
    const other = filled(['a']).again();
    expect(other.begin('other', 'a', IN).replay).to.equal(false);
  });

  it('counts the bytes that it keeps, equally in both attempts', () => {
    const names = ['a', 'b', 'c'];
    const first = filled(names, { bytes: 1_000 });
    expect(first.bytes).to.be.greaterThan(3_000);
    const second = first.again();
    expect(second.bytes).to.equal(0);
    replays(second, names);
    expect(second.bytes).to.equal(first.bytes);
    const many = filled(names);
    expect(first.bytes - many.bytes).to.be.within(3_000, 3_400);
  });

  it('keeps nothing beyond its bound, and throws when it is needed', () => {
    const names = ['a', 'b', 'c'];
    const { bytes } = filled(names, { bytes: 1_000 });
    expect(filled(names, { bytes: 1_000, bound: bytes }).isWhole).to.equal(true);
    const over = filled(names, { bytes: 1_000, bound: bytes - 1 });
    expect(over.isWhole).to.equal(false);
    expect(() => over.again()).to.throw(HostFailure, `more than the ${bytes - 1} bytes`);
    expect(() => over.withMoreFuel()).to.throw(HostFailure, 'raise hostAnswerBytes');
  });

  it('with more fuel repeats calls that the fuel may have influenced, and those after them', () => {
    const names = ['a', 'b', 'c'];
    expect(filled(names).dependsOnFuel).to.equal(false);
    const seeing = filled(names, { sees: 'b' });
    expect(seeing.dependsOnFuel).to.equal(true);
    expect(replays(seeing.withMoreFuel(), ['a', 'b'])).to.deep.equal([true, false]);
    // A second attempt with the same fuel does not call the host again, and the record is still there.
    const again = seeing.again();
    expect(replays(again, names)).to.deep.equal([true, true, true]);
    expect(again.dependsOnFuel).to.equal(true);
  });

  it('distinguishes calls without input', () => {
    expect(replays(filled(['a']).again(), ['a'], NO_BYTES)).to.deep.equal([false]);
  });
});

describe('a call that is repeated with more fuel', () => {
  interface Doing {
    readonly steps: readonly HostStep[];
    readonly answer: HostAnswer;
  }
  const bytes = (...of: number[]) => Uint8Array.from(of);
  const charge = (units: number): HostStep => ({ kind: 'charge', units });
  const write = (offset: number, ...of: number[]): HostStep => ({ kind: 'write', offset, bytes: bytes(...of) });
  const call = (exportName: string, ...args: number[]): HostStep => ({ kind: 'call', exportName, args: args.map(i32) });
  const record = (input: number, output: number): HostStep => ({
    kind: 'record',
    inputHash: bytes(input),
    outputHash: bytes(output),
  });
  const doing = (answer: HostAnswer, ...steps: HostStep[]): Doing => ({ steps, answer });

  /** Whether the call after it is taken from the earlier attempt. */
  function isTakenBehind(first: Doing, second: Doing): boolean {
    const transcript = new HostTranscript(BOUND);
    transcript.begin('env', 'a', IN);
    transcript.sawFuel();
    for (const step of first.steps) transcript.did(step);
    transcript.ended(first.answer, false);
    transcript.begin('env', 'b', IN);
    transcript.ended([], false);
    expect(transcript.dependsOnFuel).to.equal(true);
    const again = transcript.withMoreFuel();
    expect(again.begin('env', 'a', IN).replay).to.equal(false);
    for (const step of second.steps) again.did(step);
    again.ended(second.answer, false);
    return again.begin('env', 'b', IN).replay;
  }

  const ALL: readonly Doing[] = [
    doing([]),
    doing(undefined),
    doing([i32(1)]),
    doing([i32(1), i32(2)]),
    doing([i32(2)]),
    doing([i64(1n)]),
    doing([{ type: 'funcref', ref: null }]),
    doing([{ type: 'externref', ref: null }]),
    doing({ kind: 'breached', code: 'allocate-missing' }),
    doing({ kind: 'breached', code: 'allocate-type' }),
    doing({ kind: 'short-circuited', payload: bytes(1) }),
    doing({ kind: 'short-circuited', payload: bytes(2) }),
    doing([], charge(1)),
    doing([], charge(2)),
    doing([], charge(1), charge(1)),
    doing([], write(0, 1)),
    doing([], write(1, 1)),
    doing([], write(0, 2)),
    doing([], write(0, 1, 1)),
    doing([], call('f', 1)),
    doing([], call('g', 1)),
    doing([], call('f', 2)),
    doing([], call('f')),
    doing([], record(1, 1)),
    doing([], record(1, 2)),
    doing([], record(2, 1)),
    doing([], charge(1), write(0, 1)),
    doing([], write(0, 1), charge(1)),
  ];

  it('keeps later results if it acts and returns the same, and discards them otherwise', () => {
    for (const [a, first] of ALL.entries())
      for (const [b, second] of ALL.entries())
        expect(isTakenBehind(first, structuredClone(second)), `${a} then ${b}`).to.equal(a === b);
  });
});
