/**
 * The messages for each document of `every-character.ts` match the recorded ones, and another reader accepts what we
 * accept.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { everyCharacterLines, RECORDED } from './every-character.js';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The other reader has its own reasons; only whether it reads the document counts.
    return false;
  }
}

describe('a document with each of its bytes changed', () => {
  it('has the recorded fault (node dist/spec/boundary/every-character.js records), or is JSON for another reader too', () => {
    const wrong: string[] = [];
    const counts = { accepted: 0, refused: 0 };
    const lines = everyCharacterLines(({ form, bytes, outcome }) => {
      const isRead = form === 'json' ? !/^\d+:\d+ /.test(outcome) : !/^[a-z-]+ @\d+/.test(outcome);
      counts[isRead ? 'accepted' : 'refused'] += 1;
      // Ours is stricter: forms, duplicate keys, numbers, UTF-8.
      const text = Buffer.from(bytes).toString('utf8');
      if (form === 'json' && isRead && !isJson(text)) wrong.push(text);
    });
    const recorded = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
    for (const [at, line] of lines.entries()) expect(line).to.equal(recorded[at]);
    expect(lines).to.have.length(recorded.length);
    expect(counts.accepted).to.be.above(3_000);
    expect(counts.refused).to.be.above(8_000);
    expect(wrong).to.deep.equal([]);
  });
});
