/** Faults in the guarded form and in setting back an instance whose memory has grown. */
import { faults } from './planting.js';

const ACCESS = 'instrumented/guarded-access';
const ITEMS = 'instrumented/host-items';
const INSTANCE = 'instrumented/instance';
const REWRITER = 'instrumented/function-rewriter';
const ADDED = 'instrumented/added-code';
const REWRITE = 'instrumented/rewrite';

export const GUARDED_MUTANTS = [
  ...faults('reset and reuse', ACCESS, [
    ['guarded-access-late-by-one', 'writer.op(75 /* Opcode.I32GtU */);', 'writer.op(79 /* Opcode.I32GeU */);'],
    ['guarded-access-far-off-by-one', 'writer.i64Const(bytes);', 'writer.i64Const(bytes + 1);'],
    [
      'guarded-range-one-too-long',
      'writer.op(86 /* Opcode.I64GtU */);',
      'writer.op(90 /* Opcode.I64GeU */);',
      'checkRange(',
    ],
    ['guarded-size-of-the-host', 'writer.i32Const(PAGE_BITS);', 'writer.i32Const(PAGE_BITS - 1);', 'pushPages('],
    ['guarded-growth-beyond-the-host', 'pushMissing(75 /* Opcode.I32GtU */);', 'writer.i32Const(0);'],
    ['guarded-growth-untold', 'writer.globalSet(size);', 'writer.op(26 /* Opcode.Drop */);'],
  ]),
  ...faults('reset and reuse', ADDED, [
    ['guarded-fill-unchecked', 'checkRange(writer, layout, 0, 2);', ';', 'memoryFill('],
    ['guarded-copy-to-unchecked', 'checkRange(writer, layout, 0, 2);', ';', 'memoryCopy('],
    ['guarded-copy-from-unchecked', 'checkRange(writer, layout, 1, 2);', ';'],
    [
      'guarded-growth-by-the-host',
      "if (layout.form === 'guarded') {\n                growGuarded",
      'if (false) {\n                growGuarded',
    ],
  ]),
  ...faults('reset and reuse', REWRITER, [
    ['guarded-loads-unchecked', 'checkAccess(code, layout, bytes);', 'code.op(26 /* Opcode.Drop */);'],
    ['guarded-width-forgotten', ' + 2 ** TYPING.alignmentsMax[opcode]', ''],
    ['guarded-offset-forgotten', 'reader.u32() + 2 **', '0 * reader.u32() + 2 **'],
    ['guarded-size-as-it-stands', "if (this.layout.form === 'guarded')", 'if (false)', '#memorySize('],
  ]),
  ...faults('reset and reuse', REWRITE, [
    ['guarded-though-tables-change', 'const isFixed = ', 'const isFixed = true || '],
    ['elements-dropped-untold', "|| this.layout.segmentsWithState('element').length > 0", ''],
  ]),
  ...faults('reset and reuse', ITEMS, [
    ['shrunk-memory-not-zeroed', 'this.refresh().bytes.fill(0);', ';'],
    [
      'shrunk-memory-zeroed-but-the-first-page',
      'this.refresh().bytes.fill(0);',
      'this.refresh().bytes.fill(0, 65536);',
    ],
    ['shrunk-memory-known-to-the-guest', 'this.#known = known;', ';'],
    ['guarded-for-ever', 'if (length === buffer.byteLength)', 'if (false)'],
  ]),
  ...faults('reset and reuse', INSTANCE, [
    ['guarded-code-not-taken', 'if (this.#guarded !== undefined && this.#memory.isGuarded)', 'if (false)'],
    ['guarded-frames-left-behind', 'this.#guarded?.follow();', ';'],
    ['guarded-calls-uncounted', 'this.#guardedCalls + 1', 'this.#guardedCalls'],
  ]),
];
