/**
 * argon2-browser: the reference C implementation, built by Emscripten. Driven with the test vectors of RFC 9106,
 * section 5. The package's build has shortened the exports to letters; the names here are those of its loader.
 */
import { expect } from 'chai';
import { packageFile } from './package-file.js';
import type { RealProgram, Running } from './running.js';

const enum Kind {
  D = 0,
  Id = 2,
}

/** RFC 9106, sections 5.1 and 5.3: the tags for 32 KiB, three passes, four lanes. */
const VECTORS: readonly { readonly kind: Kind; readonly tag: string }[] = [
  { kind: Kind.D, tag: '512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb' },
  { kind: Kind.Id, tag: '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659' },
];

const COST = { passes: 3, memoryKib: 32, lanes: 4 };
const TAG_BYTES = 32;
const VERSION = 0x13;
const PASSWORD = new Uint8Array(32).fill(1);
const SALT = new Uint8Array(16).fill(2);
const SECRET = new Uint8Array(8).fill(3);
const ASSOCIATED = new Uint8Array(12).fill(4);

const EXPORTS = { constructors: 'd', malloc: 'f', free: 'g', hashExtended: 'l' };

export const argon2: RealProgram = {
  name: 'argon2-browser',
  bytes: packageFile('argon2-browser', 'dist/argon2.wasm'),
  imports: () => ({
    // emscripten_memcpy_big(to, from, length)
    'a.a': (program, [to, from, length]) => {
      program.write(Number(to), program.read(Number(from), Number(length)));
      return to;
    },
    // emscripten_resize_heap: refused, as a host may
    'a.b': () => 0,
  }),
  drive: (program) => {
    program.call(EXPORTS.constructors, []);
    return VECTORS.map(({ kind, tag }) => {
      const computed = hashTag(program, kind);
      expect(computed).to.equal(tag);
      return computed;
    });
  },
};

function hashTag(program: Running, kind: Kind): string {
  const allocated: number[] = [];
  const place = (bytes: Uint8Array): number => {
    const [at] = program.call(EXPORTS.malloc, [bytes.length]) as [number];
    program.write(at, bytes);
    allocated.push(at);
    return at;
  };
  const inputs = [PASSWORD, SALT].flatMap((bytes) => [place(bytes), bytes.length]);
  const tagAt = place(new Uint8Array(TAG_BYTES));
  const extras = [SECRET, ASSOCIATED].flatMap((bytes) => [place(bytes), bytes.length]);
  const { passes, memoryKib, lanes } = COST;
  const args = [passes, memoryKib, lanes, ...inputs, tagAt, TAG_BYTES, 0, 0, kind, ...extras, VERSION];
  expect(program.call(EXPORTS.hashExtended, args)).to.deep.equal([0]);
  const tag = Buffer.from(program.read(tagAt, TAG_BYTES)).toString('hex');
  for (const at of allocated) program.call(EXPORTS.free, [at]);
  return tag;
}
