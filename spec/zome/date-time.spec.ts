/** Times of RFC 3339: each part at its edge, and nonexistent days, which hosts parse in different ways. */
import { expect } from 'chai';
import { microsOf } from '../../src/zome/date-time.js';

const SECOND = 1_000_000n;
const TIMES: readonly (readonly [text: string, micros: bigint])[] = [
  ['1970-01-01T00:00:00Z', 0n],
  ['1969-12-31T23:59:59Z', -SECOND],
  ['1970-01-01t00:00:00z', 0n],
  ['1970-01-01 00:00:00Z', 0n],
  ['1970-01-01T00:00:00.1Z', 100_000n],
  ['1970-01-01T00:00:00.000001Z', 1n],
  ['1970-01-01T00:00:00.123456789Z', 123_456n],
  ['1970-01-01T01:00:00+01:00', 0n],
  ['1969-12-31T22:30:00-01:30', 0n],
  ['1970-01-01T23:59:59+23:59', 59n * SECOND],
  ['2024-02-29T00:00:00Z', 1_709_164_800n * SECOND],
  ['2000-02-29T00:00:00Z', 951_782_400n * SECOND],
  ['9999-12-31T23:59:59Z', 253_402_300_799n * SECOND],
];
const NONE: readonly string[] = [
  '2022-02-29T00:00:00Z',
  '2022-02-30T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2022-04-31T00:00:00Z',
  '2022-01-32T00:00:00Z',
  '2022-01-00T00:00:00Z',
  '2022-00-01T00:00:00Z',
  '2022-13-01T00:00:00Z',
  '2022-01-01T24:00:00Z',
  '2022-01-01T23:60:00Z',
  '2022-01-01T23:59:60Z',
  '2022-01-01T00:00:00+24:00',
  '2022-01-01T00:00:00',
  '2022-01-01T00:00:00.Z',
  '2022-01-01T00:00:00.1234567890Z',
  '2022-01-01',
  ' 2022-01-01T00:00:00Z',
  '2022-01-01T00:00:00Zx',
  '+002022-01-01T00:00:00Z',
  'soon',
  '',
];

describe('a time of RFC 3339', () => {
  it('is converted to microseconds since 1970', () => {
    for (const [text, micros] of TIMES) expect(microsOf(text), text).to.equal(micros);
  });

  it('does not depend on the time zone of the host', () => {
    const TZ = process.env['TZ'];
    try {
      process.env['TZ'] = 'America/New_York';
      expect(new Date(0).getTimezoneOffset()).to.equal(300);
      for (const [text, micros] of TIMES) expect(microsOf(text), text).to.equal(micros);
    } finally {
      if (TZ === undefined) delete process.env['TZ'];
      else process.env['TZ'] = TZ;
    }
  });

  it('has a valid day and hour', () => {
    for (const text of NONE) expect(microsOf(text), text).to.equal(undefined);
  });
});
