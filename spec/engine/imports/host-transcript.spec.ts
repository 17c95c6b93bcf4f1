/** What is kept of a call's host functions for a second run: in order, within its bound, and no longer than it fits. */
import { expect } from 'chai';
import { HostTranscript } from '../../../src/engine/imports/host-transcript.js';
import { HostFailure } from '../../../src/index.js';

const IN = Uint8Array.of(1, 2, 3);
const NO_BYTES = new Uint8Array(0);
const BOUND = 1_000_000;

/** Makes calls of so many names, each of which writes so many bytes. */
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
  it('gives the next attempt each result at its place', () => {
    const names = ['a', 'b', 'a'];
    expect(replays(filled(names).again(), names)).to.deep.equal([true, true, true]);
    expect(replays(filled(names).again(), [...names, 'a'])).to.deep.equal([true, true, true, false]);
  });

  it('gives none from where the calls differ: in name, module or input', () => {
    expect(replays(filled(['a', 'b', 'c']).again(), ['a', 'x', 'c'])).to.deep.equal([true, false, false]);
    expect(replays(filled(['a', 'b']).again(), ['a', 'b'], Uint8Array.of(1, 2, 4))).to.deep.equal([false, false]);
    const other = filled(['a']).again();
    expect(other.begin('other', 'a', IN).replay).to.equal(false);
  });

  it('counts the bytes that it keeps, in the second attempt as in the first', () => {
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

  it('keeps nothing beyond its bound, and says so when it is asked', () => {
    const names = ['a', 'b', 'c'];
    const { bytes } = filled(names, { bytes: 1_000 });
    expect(filled(names, { bytes: 1_000, bound: bytes }).isWhole).to.equal(true);
    const over = filled(names, { bytes: 1_000, bound: bytes - 1 });
    expect(over.isWhole).to.equal(false);
    expect(() => over.again()).to.throw(HostFailure, `more than the ${bytes - 1} bytes`);
    expect(() => over.withMoreFuel()).to.throw(HostFailure, 'raise hostAnswerBytes');
  });

  it('asks again with more fuel what the fuel may have decided, and what follows it', () => {
    const names = ['a', 'b', 'c'];
    expect(filled(names).dependsOnFuel).to.equal(false);
    const seeing = filled(names, { sees: 'b' });
    expect(seeing.dependsOnFuel).to.equal(true);
    expect(replays(seeing.withMoreFuel(), ['a', 'b'])).to.deep.equal([true, false]);
    // In a second attempt with the same fuel nothing is asked again, and it is known still.
    const again = seeing.again();
    expect(replays(again, names)).to.deep.equal([true, true, true]);
    expect(again.dependsOnFuel).to.equal(true);
  });

  it('tells calls without input apart from others', () => {
    expect(replays(filled(['a']).again(), ['a'], NO_BYTES)).to.deep.equal([false]);
  });
});
