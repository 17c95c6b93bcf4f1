/** Errors that the host throws inside the engine itself, and what they become. */
import { expect } from 'chai';
import { hostFailing } from '../../../src/engine/call/host-failing.js';
import { HostFailure } from '../../../src/index.js';

function thrownBy(error: unknown, failed: () => void = () => {}): unknown {
  try {
    hostFailing(() => {
      throw error;
    }, failed);
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

function internalError(): Error {
  const error = new Error('too much recursion');
  error.name = 'InternalError';
  return error;
}

describe('a failure of the host', () => {
  for (const cause of [new RangeError('Maximum call stack size exceeded'), internalError()]) {
    it(`is a HostFailure, and partial effects are undone first: ${cause.name}`, () => {
      let undone = 0;
      const thrown = thrownBy(cause, () => {
        undone++;
      });
      expect(thrown).to.be.instanceOf(HostFailure);
      expect((thrown as HostFailure).message).to.equal(`the host ran out of stack or memory: ${cause.message}`);
      expect((thrown as HostFailure).cause).to.equal(cause);
      expect(undone).to.equal(1);
    });
  }

  it('is a HostFailure even where the effects cannot be undone', () => {
    const thrown = thrownBy(new RangeError('stack'), () => {
      throw new RangeError('stack');
    });
    expect(thrown).to.be.instanceOf(HostFailure);
    expect((thrown as HostFailure).message).to.equal("the host's stack overflowed");
  });

  for (const own of [new TypeError('a mistake of ours'), new Error('plain'), { name: 'InternalError' }, undefined]) {
    it(`does not include other errors: ${String(own)}`, () => {
      let undone = 0;
      expect(
        thrownBy(own, () => {
          undone++;
        }),
      ).to.equal(own);
      expect(undone).to.equal(0);
    });
  }

  it('is absent where nothing is thrown', () => {
    const failed = () => expect.fail('nothing failed');
    expect(hostFailing(() => 7, failed)).to.equal(7);
  });
});
