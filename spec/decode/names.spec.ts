/** The name section: read as far as possible, and without any effect on the validity of the module. */
import { expect } from 'chai';
import fc from 'fast-check';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { decodeNames, type Names } from '../../src/decode/names.js';
import { validate } from '../../src/validate/validate.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import { sampleParts } from '../wasm/sample-module.js';

function moduleWith(...contents: readonly Uint8Array[]): Uint8Array {
  const customs = contents.map((bytes) => ({ name: 'name', bytes, after: 11 }));
  return encodeModule({ ...sampleParts([]), customs });
}

function namesOf(contents: Uint8Array): Names {
  return decodeNames(decode(moduleWith(contents), LIMITS_1).module);
}

function nameMap(writer: ByteWriter, names: readonly (readonly [number, string])[]): void {
  writer.u32(names.length);
  for (const [index, name] of names) {
    writer.u32(index);
    writer.name(name);
  }
}

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.finish();
}

const MODULE_NAME = written((writer) => writer.section(0, (contents) => contents.name('zome')));
const FUNCTION_NAMES = written((writer) =>
  writer.section(1, (contents) =>
    nameMap(contents, [
      [0, 'call'],
      [1, 'run ✓'],
    ]),
  ),
);
const LOCAL_NAMES = written((writer) =>
  writer.section(2, (contents) => {
    contents.u32(1);
    contents.u32(1);
    nameMap(contents, [[0, 'count']]);
  }),
);

const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

describe('names', () => {
  it('are those of the module, functions and locals', () => {
    const names = namesOf(joined(MODULE_NAME, FUNCTION_NAMES, LOCAL_NAMES));
    expect(names.module).to.equal('zome');
    expect([...names.functions]).to.deep.equal([
      [0, 'call'],
      [1, 'run ✓'],
    ]);
    expect([...names.locals].map(([index, locals]) => [index, [...locals]])).to.deep.equal([[1, [[0, 'count']]]]);
  });

  it('are empty without a name section', () => {
    const names = decodeNames(decode(encodeModule(sampleParts([])), LIMITS_1).module);
    expect([names.module, names.functions.size, names.locals.size]).to.deep.equal([undefined, 0, 0]);
  });

  it('are read despite a bad subsection and an unknown one', () => {
    const cutOff = FUNCTION_NAMES.slice();
    cutOff[3 + 1 + 1 + 4 + 1] = 99;
    const unknown = Uint8Array.of(77, 2, 1, 1);
    const names = namesOf(joined(unknown, cutOff, MODULE_NAME));
    expect([...names.functions]).to.deep.equal([[0, 'call']]);
    expect(names.module).to.equal('zome');
  });

  it('never affect the module, for any bytes', () => {
    const subsection = fc
      .tuple(fc.nat(3), fc.uint8Array({ maxLength: 12 }))
      .map(([id, bytes]) => Uint8Array.of(id, bytes.length, ...bytes));
    fc.assert(
      fc.property(fc.array(fc.oneof(subsection, fc.uint8Array({ maxLength: 6 })), { maxLength: 4 }), (parts) => {
        const decoded = decode(moduleWith(joined(...parts), MODULE_NAME), LIMITS_1);
        expect(validate(decoded, LIMITS_1).ok).to.equal(true);
        expect(decodeNames(decoded.module).functions).to.be.instanceOf(Map);
      }),
      { numRuns: 2_000 },
    );
  });
});
