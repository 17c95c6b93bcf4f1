/** A profile as JSON, and back: when it is read, all invariants of a profile are checked. */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { UsageError } from '../base/usage-error.js';
import { codecErrorOf } from '../boundary/codec.js';
import { PROFILE_FORMAT, type Profile } from './profile.js';

const count = new t.Type<number, number, unknown>(
  'integer from 0',
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  (value, context) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? t.success(value as number)
      : t.failure(value, context, 'not an integer from 0 to 2^53 - 1'),
  (value) => value,
);

const frameCodec = t.readonly(
  t.intersection([
    t.type({
      kind: t.keyof({ call: null, instantiate: null, boundary: null, guest: null, host: null, other: null }),
      name: t.string,
    }),
    t.partial({ index: count, source: t.string, module: t.string }),
  ]),
);

const profileCodec = t.readonly(
  t.type({
    format: t.literal(PROFILE_FORMAT),
    module: t.string,
    export: t.string,
    runs: count,
    receipts: t.readonlyArray(t.string),
    fuel: t.type({
      used: count,
      parts: t.type({ instantiate: count, guest: count, host: count, boundary: count }),
    }),
    stackWords: count,
    pages: count,
    frames: t.readonlyArray(frameCodec),
    nodes: t.readonlyArray(
      t.type({
        frame: count,
        parent: t.number,
        self: count,
        total: count,
        calls: count,
        recursions: count,
        stackWords: count,
        pages: count,
      }),
    ),
    blocks: t.readonlyArray(t.type({ frame: count, offset: count, fuel: count, entries: count })),
    lines: t.readonlyArray(t.type({ frame: count, file: t.string, line: count, fuel: count })),
  }),
);

/** One JSON document, the same bytes on every node. */
export function profileJson(profile: Profile): string {
  return JSON.stringify(profile);
}

/**
 * Reads the profile in a JSON text.
 * @throws UsageError `bad-profile` with the first invalid place
 */
export function readProfile(text: string): Profile {
  const decoded = profileCodec.decode(parsed(text));
  if (E.isLeft(decoded)) {
    const { path, reason } = codecErrorOf(decoded.left);
    throw bad(`${path}: ${reason}`);
  }
  checkTree(decoded.right);
  return decoded.right;
}

function bad(detail: string): UsageError {
  return new UsageError('bad-profile', `not a valid profile: ${detail}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad((error as Error).message);
  }
}

/** Checks that parents come before children, that frames exist, and that sums are right. */
function checkTree({ frames, nodes, blocks, lines, fuel }: Profile): void {
  if (nodes.length === 0 || nodes[0].parent !== -1) throw bad('$.nodes[0]: not the root');
  const below = nodes.map(({ self }) => self);
  for (let i = nodes.length - 1; i > 0; i--) {
    const { parent } = nodes[i];
    if (!Number.isSafeInteger(parent) || parent < 0 || parent >= i) throw bad(`$.nodes[${i}].parent: not before it`);
    below[parent] = below[parent] + below[i];
  }
  nodes.forEach(({ frame, total }, i) => {
    if (frame >= frames.length) throw bad(`$.nodes[${i}].frame: there are ${frames.length} frames`);
    if (total !== below[i]) throw bad(`$.nodes[${i}].total: ${total}, the sum is ${below[i]}`);
  });
  const { used, parts } = fuel;
  if (nodes[0].total !== used) throw bad(`$.fuel.used: ${used}, the nodes sum to ${nodes[0].total}`);
  if (parts.instantiate + parts.guest + parts.host + parts.boundary !== used)
    throw bad('$.fuel.parts: not the sum of the fuel used');
  for (const [name, rows] of [['blocks', blocks] as const, ['lines', lines] as const]) {
    const at = rows.findIndex(({ frame }) => frame >= frames.length);
    if (at >= 0) throw bad(`$.${name}[${at}].frame: there are ${frames.length} frames`);
  }
}
