/** Faults in the guarded form and in resetting an instance whose memory has grown. */
import { faults } from './planting.js';

const ACCESS = 'instrumented/guarded-access';
const ITEMS = 'instrumented/host-items';
const INSTANCE = 'instrumented/instance';
const REWRITER = 'instrumented/function-rewriter';
const ADDED = 'instrumented/added-code';
const REWRITE = 'instrumented/rewrite';
const NOTES = 'instrumented/store-notes';
const NOTED_LOCALS = 'instrumented/noted-locals';

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
    ['fill-unnoted', 'noteStore(writer, layout, 0);', ';', 'memoryFill('],
    ['copy-unnoted', 'noteStore(writer, layout, 0);', ';', 'memoryCopy('],
    ['init-unnoted', 'noteStore(writer, layout, 0);', ';', 'memoryInit('],
    [
      'guarded-growth-by-the-host',
      "if (layout.form === 'guarded') {\n                growGuarded",
      'if (false) {\n                growGuarded',
    ],
  ]),
  ...faults('reset and reuse', REWRITER, [
    ['guarded-loads-unchecked', 'checkAccess(code, layout, ', 'code.op(26 /* Opcode.Drop */, '],
    ['guarded-width-forgotten', ' + 2 ** TYPING.alignmentsMax[opcode]', ''],
    ['guarded-offset-forgotten', 'offset + 2 **', '2 **'],
    ['store-unnoted', 'if (isNoted)\n', 'if (false)\n'],
    [
      'store-noted-without-its-offset',
      'noteStore(code, layout, address, offset);',
      'noteStore(code, layout, address);',
    ],
    ['store-on-what-was-written', ' || this.#noted.isWrittenAfter(local, origin)', ''],
    ['store-on-an-origin-of-before', 'origin < this.#passedFrom ? ', 'false ? '],
    ['store-on-the-value', 'const local = this.#localAt(1);', 'const local = this.#localAt(0);'],
    ['local-noted-in-name-only', 'noteStore(this.#edits.insert(at), this.layout, local);', ';'],
    ['local-written-while-passed-over', 'if (opcode !== 32 /* Opcode.LocalGet */)\n', 'if (false)\n'],
    ['local-noted-through-else', 'this.#noted.leave(this.#frames.depth);', ';', '#else('],
    ['local-noted-through-end', 'this.#noted.leave(this.#frames.depth);', ';', '#end('],
    ['local-noted-into-a-loop', 'this.#noted.leave(0);', ';'],
    ['guarded-size-as-it-stands', "if (this.layout.form === 'guarded')", 'if (false)', '#memorySize('],
  ]),
  ...faults('reset and reuse', NOTES, [
    ['note-of-the-highest', 'writer.op(73 /* Opcode.I32LtU */);\n    writer.op(27', 'writer.op(75);\n    writer.op(27'],
    ['notes-of-before', 'writer.setGlobal(', 'void ('],
  ]),
  ...faults('reset and reuse', NOTED_LOCALS, [
    ['noted-local-written', 'this.#isNoted[local] = 0;', ';'],
    ['noted-local-left', 'this.#isNoted[this.#locals.pop()] = 0;', 'this.#locals.pop();'],
  ]),
  ...faults('reset and reuse', REWRITE, [
    ['guarded-though-tables-change', 'const isFixed = ', 'const isFixed = true || '],
    ['elements-dropped-untold', "|| this.layout.segmentsWithState('element').length > 0", ''],
  ]),
  ...faults('reset and reuse', ITEMS, [
    ['shrunk-memory-not-zeroed', 'this.refresh().bytes.fill(0, ', 'void (0, '],
    [
      'shrunk-memory-zeroed-but-the-first-page',
      'this.refresh().bytes.fill(0, Math.min(',
      'this.refresh().bytes.fill(0, 65536 + Math.min(',
    ],
    ['host-writes-unnoted', 'this.#lowest = at;', ';'],
    ['host-writes-noted-late', 'Math.min(lowest, this.#lowest)', 'lowest'],
    ['shrunk-memory-known-to-the-guest', 'this.#known = known;', ';'],
    ['guarded-for-ever', 'if (length === buffer.byteLength)', 'if (false)'],
  ]),
  ...faults('reset and reuse', INSTANCE, [
    ['guarded-code-not-taken', 'if (this.#guarded !== undefined && this.#memory.isGuarded)', 'if (false)'],
    ['guarded-frames-left-behind', 'this.#guarded?.follow();', ';'],
    ['guarded-calls-uncounted', 'this.#guardedCalls + 1', 'this.#guardedCalls'],
  ]),
];
