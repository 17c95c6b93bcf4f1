/** What is said of each document of `every-character.ts` is what is recorded, and another reader accepts what is accepted. */
import { readFileSync } from 'node:fs';
import { decode } from '@msgpack/msgpack';
import { expect } from 'chai';
import { everyCharacterLines, RECORDED } from './every-character.js';

function accepts(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    // Its reason is its own; whether it reads is what is asked.
    return false;
  }
}

describe('a document with each of its bytes changed', () => {
  const wrong: string[] = [];
  const counts = { accepted: 0, refused: 0 };
  const lines = everyCharacterLines(({ form, bytes, told }) => {
    const isRead = form === 'json' ? !/^\d+:\d+ /.test(told) : !/^[a-z-]+ @\d+/.test(told);
    counts[isRead ? 'accepted' : 'refused'] += 1;
    const other =
      form === 'json'
        ? () => JSON.parse(Buffer.from(bytes).toString('utf8'))
        : () => decode(bytes, { useBigInt64: true });
    // Ours is the stricter one: forms, equal keys, scalar keys, UTF-8.
    if (isRead && !accepts(other) && form === 'json') wrong.push(Buffer.from(bytes).toString('utf8'));
  });

  it('is said to be what is recorded (node dist/spec/boundary/every-character.js records)', () => {
    const recorded = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
    for (const [at, line] of lines.entries()) expect(line).to.equal(recorded[at]);
    expect(lines).to.have.length(recorded.length);
    expect(counts.accepted).to.be.above(3_000);
    expect(counts.refused).to.be.above(8_000);
  });

  it('is JSON for another reader where it is read here', () => expect(wrong).to.deep.equal([]));
});
