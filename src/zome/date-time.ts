/**
 * A date and time of RFC 3339 as microseconds.
 *
 * Invariant: a day or an hour that there is not is no time. Hosts differ over those: some read 30 February as 2 March.
 */

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Microseconds since 1970, or undefined for a text that is no time. Digits behind microseconds are left out. */
export function microsOf(text: string): bigint | undefined {
  const [, date, time, fraction = '', zone] = RFC_3339.exec(text) ?? [];
  const local = Date.parse(`${date}T${time}Z`);
  const millis = Date.parse(`${date}T${time}${zone === 'z' ? 'Z' : zone}`);
  if (Number.isNaN(millis + local) || new Date(local).toISOString() !== `${date}T${time}.000Z`) return undefined;
  return BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
