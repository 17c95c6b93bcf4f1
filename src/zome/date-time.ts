/**
 * Converts an RFC 3339 date and time to microseconds.
 *
 * Invariant: a day or an hour that does not exist is not a time. Hosts differ here: some read 30 February as 2 March.
 */

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Microseconds since 1970, or undefined for a text that is not a time. Digits after microseconds are ignored. */
export function microsOf(text: string): bigint | undefined {
  const [, date, time, fraction = '', zone] = RFC_3339.exec(text) ?? [];
  const local = Date.parse(`${date}T${time}Z`);
  const millis = Date.parse(`${date}T${time}${zone === 'z' ? 'Z' : zone}`);
  if (Number.isNaN(millis + local) || new Date(local).toISOString() !== `${date}T${time}.000Z`) return undefined;
  return BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
