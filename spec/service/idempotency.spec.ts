/** Responses by their Idempotency-Key: whose they are, how long they are kept, and how many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { utf8 } from '../../src/base/hash.js';
import { checkKey, Idempotency, requestIdOf } from '../../src/service/idempotency.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { type ServiceLimits, serviceLimits } from '../../src/service/service-limits.js';

/** What a request with a key gets: the first response's body, `runs` if it is the first, or a problem. */
function begun(keys: Idempotency, key: string, { tenant = 't', request = 'r' } = {}): string {
  try {
    return keys.begin(tenant, key, utf8(request))?.body ?? 'runs';
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

function keysOf(limits: Partial<ServiceLimits> = {}) {
  const keys = new Idempotency(serviceLimits(limits));
  const ran = (key: string, body: string) => {
    expect(begun(keys, key)).to.equal('runs');
    keys.keep('t', key, { status: 200, body });
  };
  return { keys, ran };
}

describe('service: idempotency keys', () => {
  it('belong to a tenant and to one request, which may be sent again if it failed', () => {
    const { keys, ran } = keysOf();
    ran('a', 'first');
    expect([begun(keys, 'a'), begun(keys, 'a')]).to.deep.equal(['first', 'first']);
    expect(begun(keys, 'a', { request: 'other' })).to.equal('key-reused');
    expect(begun(keys, 'a', { tenant: 'u' })).to.equal('runs');
    expect(begun(keys, 'a', { tenant: 'u' })).to.equal('in-progress');
    keys.forget('u', 'a');
    expect(begun(keys, 'a', { tenant: 'u', request: 'other' })).to.equal('runs');
    expect(begun(keys, 'a')).to.equal('first');
  });

  it('are bounded in number, the oldest with a response first', () => {
    const { keys, ran } = keysOf({ idempotencyKeys: 2 });
    expect(begun(keys, 'slow')).to.equal('runs');
    ran('a', 'A');
    ran('b', 'B');
    expect(begun(keys, 'slow'), 'one in progress stays').to.equal('in-progress');
    expect(begun(keys, 'b')).to.equal('B');
    expect(begun(keys, 'a')).to.equal('runs');
  });

  it('are bounded in the bytes of their responses', () => {
    const { keys, ran } = keysOf({ idempotencyBytes: 10 });
    ran('a', 'aaaaa');
    ran('b', 'bbbbb');
    expect([begun(keys, 'a'), begun(keys, 'b')]).to.deep.equal(['aaaaa', 'bbbbb']);
    ran('c', 'c');
    expect([begun(keys, 'b'), begun(keys, 'c')]).to.deep.equal(['bbbbb', 'c']);
    expect(begun(keys, 'a')).to.equal('runs');
    keys.forget('t', 'a');
    keys.forget('t', 'b');
    ran('d', 'ddddddddd');
    expect([begun(keys, 'c'), begun(keys, 'd')], 'the bytes of a forgotten one are free').to.deep.equal([
      'c',
      'ddddddddd',
    ]);
    ran('e', 'eeeeeeeeeee');
    for (const key of ['c', 'd', 'e']) expect(begun(keys, key), key).to.equal('runs');
  });

  it('expire after their time', async () => {
    const { keys, ran } = keysOf({ idempotencyMs: 20 });
    expect(begun(keys, 'slow')).to.equal('runs');
    ran('a', 'A');
    await sleep(40);
    expect(begun(keys, 'a', { request: 'other' })).to.equal('runs');
    expect(begun(keys, 'slow')).to.equal('in-progress');
    const { keys: day, ran: ranToday } = keysOf();
    ranToday('a', 'A');
    await sleep(40);
    expect(begun(day, 'a')).to.equal('A');
  });

  it('have 1 to 128 visible characters, and name a request for billing', () => {
    for (const key of ['!', '~'.repeat(128)]) checkKey(key);
    for (const key of ['', ' ', 'a b', 'é', '~'.repeat(129)]) expect(() => checkKey(key), key).to.throw(ProblemError);
    expect(begun(keysOf().keys, '')).to.equal('invalid-request');
    const ids = [
      ['t', 'k', ''],
      ['t', 'k', 0],
      ['t', 'k', 1],
      ['t', 'j', 0],
      ['u', 'k', 0],
    ].map(([tenant, key, place]) => String(requestIdOf(tenant as string, key as string, place!)));
    expect(new Set(ids).size).to.equal(ids.length);
    expect(requestIdOf('t', 'k', '1')).to.deep.equal(requestIdOf('t', 'k', 1));
  });
});
