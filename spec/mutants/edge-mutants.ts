/**
 * Faults at edges: reading bytes from inside an instruction, an immediate read twice or not at all, tables that are too
 * short for an index or a height, and stale knowledge from dead code.
 */
import { faults } from './planting.js';

const READER = 'wasm/instruction-reader';
const SKIP = 'wasm/skip-immediates';
const METER = 'metering/meter';
const COMPILER = 'interpreter/compile/function-compiler';
const OPERATORS = 'interpreter/compile/operators';
const STACK = 'interpreter/compile/operand-stack';
const BUFFER = 'interpreter/compile/code-buffer';
const REWRITER = 'instrumented/function-rewriter';
const PASSED = 'instrumented/passed';
const OPERANDS = 'instrumented/operand-marks';
const LOCALS = 'instrumented/local-marks';
const ADDED = 'instrumented/added-locals';
const FRAMES = 'instrumented/open-frames';
const LAYOUT = 'instrumented/layout';
const EDITS = 'instrumented/edits';
const CONSTANTS = 'instrumented/constant-code';

const LOOKING = [
  ...faults('looking ahead', READER, [
    ['reader-label-taken', 'this.pos = at;', ';', 'nextLabel() {'],
    ['reader-offset-taken', 'this.pos = at;', ';', 'nextMemoryOffset() {'],
    ['reader-alignment-for-offset', 'this.u32();\n', ';\n', 'nextMemoryOffset() {'],
    ['reader-opcode-for-label', 'const at = this.pos++;', 'const at = this.pos;', 'nextLabel() {'],
    ['reader-block-type-by-one-bit', '& 0xc0) !== 0x40', '& 0x40) === 0', 'hasTypeIndex() {'],
    ['reader-block-type-by-top-bit', '& 0xc0) !== 0x40', '& 0x80) !== 0', 'hasTypeIndex() {'],
    ['reader-prefix-in-one-byte', 'PREFIXED_BASE + this.u32()', 'PREFIXED_BASE + this.u8()'],
    ['reader-back-at-the-opcode', 'this.pos = at + 1;', 'this.pos = at;', 'reread(at) {'],
  ]),
  ...faults('looking ahead', SKIP, [
    ['skip-labels-without-the-last', 'reader.u32() + 1', 'reader.u32()'],
    ['skip-types-not-at-all', 'reader.pos += count;', ';'],
    ['skip-double-by-half', 'reader.pos += 8;', 'reader.pos += 4;'],
    ['skip-element-table-by-one', "'element table': 2", "'element table': 1"],
    ['skip-type-table-by-one', "'type table': 2", "'type table': 1"],
  ]),
  ...faults('looking ahead', COMPILER, [
    ['compile-set-not-taken', 'this.reader.take();', ';', 'destination(wide) {'],
    ['compile-set-taken-for-tee', 'if (next === 34 /* Opcode.LocalTee */)', 'if (true)', 'destination(wide) {'],
    ['compile-result-over-pending-reads', 'stack.settleLocal(local);', ';', 'destination(wide) {'],
  ]),
  ...faults('looking ahead', 'interpreter/compile/variables', [
    ['compile-get-over-set', 'stack.settleLocal(local);', ';'],
  ]),
  ...faults('looking ahead', OPERATORS, [['compile-deferred-from-anywhere', 'operandAt === stack.height - 2', 'true']]),
  ...faults('looking ahead', 'interpreter/compile/fusions', [
    ['compile-product-not-taken', 'reader.take();', ';', 'function multiplyF64('],
    ['compile-indexed-load-not-taken', 'reader.take();', ';', 'function addI32('],
    ['compile-far-load-taken-for-near', 'reader.nextMemoryOffset() > OFFSET_MAX', 'false'],
  ]),
  ...faults('looking ahead', 'interpreter/compile/comparisons', [
    ['compile-branch-not-taken', 'c.reader.take();', ';', 'function test('],
  ]),
  ...faults('looking ahead', 'interpreter/compile/control', [
    ['compile-counter-of-another', 'code.words[at + 1] !== a', 'false'],
  ]),
  ...faults('looking ahead', 'interpreter/compile/labels', [
    ['compile-moves-in-place', 'stack.height - count !== label.base', 'false'],
  ]),
  ...faults('looking ahead', METER, [
    ['meter-block-without-results', 'this.#results = results.length;', 'this.#results = 0;'],
    ['meter-label-unread', 'frames.branchTo(reader.u32())', 'frames.branchTo(0)', 'case 13 /* Opcode.BrIf */:'],
  ]),
  ...faults('looking ahead', REWRITER, [
    ['rewriter-local-of-the-opcode', 'reader.reread(at);', 'reader.pos = at;', '#isPlainLocal(opcode, at) {'],
    ['rewriter-access-from-its-opcode', 'reader.reread(at);', 'reader.pos = at;', '#access(opcode, at) {'],
    ['rewriter-alignment-for-offset', 'reader.u32();\n', ';\n', '#access(opcode, at) {'],
    ['rewriter-memory-index-unread', 'this.#reader.skip(1);', ';', '#memoryInit(at) {'],
    ['rewriter-copy-of-one-memory', 'body.#reader.skip(2);', 'body.#reader.skip(1);'],
    ['rewriter-size-index-unread', 'body.#reader.u32();', ';', 'Prefixed.TableSize */'],
    ['rewriter-cut-before-the-label', 'const at = this.#reader.pos;', 'const at = this.#reader.pos - 1;', '#cut() {'],
    [
      'rewriter-replaced-short',
      'this.#edits.replace(at, this.#reader.pos)',
      'this.#edits.replace(at, this.#reader.pos - 1)',
    ],
  ]),
  ...faults('looking ahead', CONSTANTS, [
    ['constants-end-looked-for-early', 'return at + 1;', 'return at;'],
    ['constants-longer-by-the-bit', 'bytes[at] >= 0x80', 'bytes[at] > 0x80'],
    ['constants-global-not-followed', 'if (index >= module.importedGlobals)', 'if (false)'],
    ['constants-global-not-placed', 'layout.globals[reader.u32()]', 'reader.u32()'],
  ]),
];

const INDICES = [
  ...faults('indices and heights', COMPILER, [
    ['compile-locals-not-grown', 'if (end > this.localWide.length)', 'if (false)'],
    ['compile-grown-locals-forgotten', 'grown.set(this.localWide);', ';', 'addLocals(count, type) {'],
  ]),
  ...faults('indices and heights', OPERATORS, [
    [
      'compile-small-constant-by-its-sign',
      'stack.high[at] === stack.low[at] >> 31',
      'stack.high[at] === 0 || stack.high[at] === -1',
    ],
    ['compile-least-subtracted-by-adding', 'stack.low[at] === -0x8000_0000', 'false'],
    ['compile-division-by-minus-one', 'stack.low[at] !== -1', 'true'],
    ['compile-division-by-zero', 'stack.low[at] !== 0', 'true'],
  ]),
  ...faults('indices and heights', 'interpreter/compile/accesses', [
    ['compile-fixed-address-without-offset', '(stack.low[at] >>> 0) + offset', 'stack.low[at] >>> 0'],
    ['compile-fixed-address-signed', '(stack.low[at] >>> 0) + offset', 'stack.low[at] + offset'],
    ['compile-fixed-address-over-the-end', 'address <= FIXED_ADDRESS_MAX', 'true'],
  ]),
  ...faults('indices and heights', STACK, [
    ['stack-not-grown', 'if (this.kinds.length < heightMax + 1)', 'if (false)'],
    ['stack-operators-not-grown', 'this.ops = new Int32Array(length);', ';'],
    ['stack-operator-constants-not-grown', 'this.imms = new Int32Array(length);', ';'],
    ['stack-widths-not-grown', 'this.wide = new Uint8Array(length);', ';'],
    ['stack-high-halves-not-grown', 'this.high = new Int32Array(length);', ';'],
    ['stack-reads-not-grown', 'if (this.topRead.length < locals)', 'if (false)'],
    ['stack-read-still-listed', 'this.topRead[this.low[at]] = this.high[at];', ';', 'pop() {'],
    ['stack-settled-read-still-listed', 'this.topRead[this.low[at]] = NONE;', ';', 'settleAll() {'],
    ['stack-pending-from-too-high', 'this.pendingFrom = at;', ';', 'pop() {'],
    ['stack-pair-turned-round', 'firstTo, firstFrom, to, from', 'to, from, firstTo, firstFrom'],
  ]),
  ...faults('indices and heights', BUFFER, [
    ['buffer-taken-in-from-further-back', 'at === this.fusibleAt && ', ''],
    ['buffer-grown-empty', 'grown.set(this.words);', ';', 'reserve(count) {'],
  ]),
  ...faults('indices and heights', METER, [
    ['meter-passed-height-lost', 'this.#height = height;', ';', '#passPlain() {'],
    ['meter-passed-maximum-lost', 'this.maxHeight = maxHeight;', ';', '#passPlain() {'],
    ['meter-call-raises-nothing', 'this.maxHeight = this.#height;', ';', '#call(typeIndex) {'],
  ]),
  ...faults('indices and heights', OPERANDS, [
    ['operands-mark-uncounted', 'this.marked++;', ';', 'push(type, state) {'],
    ['operands-deepest-left-out', 'let deepest = high - count;', 'let deepest = high - count + 1;'],
    ['operands-above-taken-for-below', 'const high = this.height - above;', 'const high = this.height;'],
  ]),
  ...faults('indices and heights', ADDED, [
    ['added-one-scratch-for-all', 'return locals[n];', 'return locals[0];'],
    ['added-nan-of-another-function', 'this.#nan.clear();', ';'],
    ['added-scratch-of-another-function', 'this.#scratch.clear();', ';'],
    ['added-locals-before-the-parameters', 'this.#first = first;', 'this.#first = first - 1;'],
  ]),
  ...faults('indices and heights', LAYOUT, [
    ['layout-adapter-turns-results', 'let i = given.length - 1; i >= 0; i--', 'let i = 0; i < given.length; i++'],
    [
      'layout-import-past-its-adapter',
      'index < this.importTargets.length ?',
      'index < this.importTargets.length - 1 ?',
    ],
  ]),
  ...faults('indices and heights', EDITS, [
    ['edits-last-piece-cut', 'pieceStarts[this.#pieces] = code.length;', ';'],
    [
      'edits-offset-in-sixteen-bits',
      'edits[at + 1 /* Field.Start */] = start;',
      'edits[at + 1 /* Field.Start */] = start & 0xffff;',
    ],
  ]),
];

const DEAD = [
  ...faults('dead code', REWRITER, [
    ['rewriter-dead-if-not-counted', ' || opcode === 4 /* Opcode.If */', '', '#skipDead() {'],
    ['rewriter-dead-loop-not-counted', ' || opcode === 3 /* Opcode.Loop */', '', '#skipDead() {'],
    ['rewriter-dead-end-not-counted', 'depth--;', ';', '#skipDead() {'],
    ['rewriter-dead-code-kept', 'this.#edits.leaveOut(start, at);', ';', '#skipDead() {'],
    ['rewriter-dead-start-not-moved', 'start = reader.pos;', ';', '#skipDead() {', 'if (this.#end(false, at))'],
    ['rewriter-dead-else-taken-for-live', 'this.#else(false, at);', 'this.#else(true, at);'],
    ['rewriter-dead-end-taken-for-live', 'this.#end(false, at)', 'this.#end(true, at)'],
    ['rewriter-dead-marks-kept-in-else', 'this.#locals.forget();', ';', '#else(live, at) {'],
    ['rewriter-dead-marks-kept-behind-end', 'this.#locals.forget();', ';', '#end(live, at) {'],
    ['rewriter-dead-operands-kept-in-else', 'this.#operands.popTo(frame.height);', ';', '#else(live, at) {'],
    ['rewriter-arm-without-parameters', 'this.#operands.pushAll(frame.type.params);', ';', '#else(live, at) {'],
    ['rewriter-dead-operands-kept-behind-end', 'operands.popTo(frame.height);', ';', '#end(live, at) {'],
    ['rewriter-end-without-results', 'operands.pushAll(type.results);', ';', '#end(live, at) {'],
    ['rewriter-dead-end-not-closed', 'this.#edits.insert(this.#reader.pos).u8(0 /* Opcode.Unreachable */);', ';'],
    ['rewriter-branch-not-noted', 'frame.reached = true;', ';', '#branch(above, at) {'],
    ['rewriter-table-branch-not-noted', 'frame.reached = true;', ';', '#brTable(at) {'],
    ['rewriter-live-arm-not-noted', 'frame.reached = true;', ';', '#else(live, at) {'],
    ['rewriter-unreachable-lives-on', 'body.#skipDead();', ';', 'actions[0 /* Opcode.Unreachable */]'],
    ['rewriter-return-lives-on', 'body.#skipDead();', ';', 'actions[15 /* Opcode.Return */]'],
  ]),
  ...faults('dead code', LOCALS, [
    ['locals-dead-one-dropped', 'marked[kept++] = local;', ';'],
    ['locals-of-another-function', 'this.#states.fill(0 /* NanState.Kept */, start, end);', ';'],
    ['locals-reads-not-noted', 'this.#lastReads[local] = at;', ';'],
    ['locals-reads-not-grown', 'this.#lastReads = lastReads;', ';'],
    ['locals-forget-nothing', 'this.#states[local] = 0 /* NanState.Kept */;', ';', 'forget() {'],
  ]),
  ...faults('dead code', FRAMES, [
    ['frames-dead-of-another', 'frame.dead = undefined;', ';', 'push(kind, type, height, start) {'],
    ['frames-reached-of-another', 'frame.reached = false;', ';', 'push(kind, type, height, start) {'],
  ]),
  ...faults('dead code', PASSED, [
    ['passed-growing', '64 /* Opcode.MemoryGrow */, ', ''],
    ['passed-traps-unchecked', 'row.traps !== undefined && !isChecked', 'false'],
    ['passed-made-nan', 'kind !== 1 /* FloatClass.Generates */ && ', ''],
    ['passed-truncated', ' && kind !== 5 /* FloatClass.Truncates */', ''],
    ['passed-guarded-access', 'not.accesses && needsGuard(opcode)', 'false'],
    ['passed-moved-globals', '!not.globals', 'true'],
  ]),
];

export const EDGE_MUTANTS = [...LOOKING, ...INDICES, ...DEAD];
