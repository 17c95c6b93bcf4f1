/** Faults in the rewriter of function bodies. */
import { faults } from './planting.js';

const REWRITER = 'instrumented/function-rewriter';

const STATIC_CHARGES = faults('static charges', REWRITER, [
  ['rewriter-block-uncharged', 'this.#fuelOwed += this.#takeBlock();', 'this.#takeBlock();'],
  ['rewriter-entry-uncharged', 'this.#fuelOwed = this.#takeBlock();', 'this.#takeBlock();'],
  ['rewriter-fuel-check-at-one', 'body.i64Const(0);', 'body.i64Const(1);'],
  ['rewriter-fuel-check-above', '83 /* Opcode.I64LtS */', '87 /* Opcode.I64LeS */'],
  ['rewriter-owed-added', 'body.op(125 /* Opcode.I64Sub */);', 'body.op(124);', 'intoLocal: write('],
  ['rewriter-owed-added-at-check', 'body.op(125 /* Opcode.I64Sub */);', 'body.op(124);', 'intoBoth: write('],
  ['rewriter-owed-twice', 'this.#fuelOwed = 0;', ';', '#settleFuel(at) {'],
  ['rewriter-owed-twice-behind-check', 'this.#fuelOwed = 0;', ';', '#checkFuel(at) {'],
  ['rewriter-settled-not-pending', 'this.#fuelPending = true;', ';', '#settleFuel(at) {'],
  ['rewriter-trap-before-charge', 'if (MAY_TRAP[opcode] === 1)', 'if (false)'],
  ['rewriter-unreachable-before-charge', 'this.#checkFuel(at);', ';', 'case 0 /* Opcode.Unreachable */:'],
  ['rewriter-leaves-unchecked', 'this.#checkFuel(at);', ';', '#leaveFunction(above, at) {'],
  ['rewriter-calls-unchecked', 'this.#checkFuel(at);', ';', '#callTyped(type, above, at) {'],
  ['rewriter-added-unchecked', 'this.#checkFuel(at);', ';', '#callAdded(index, at) {'],
  ['rewriter-table-access-unchecked', 'this.#checkFuel(at);', ';', '#tableAccess(opcode, at) {'],
  [
    'rewriter-loop-unchecked',
    'this.#checkFuel(this.#reader.pos);',
    ';',
    'this.#fuelPending = true;\n        this.#cut();',
  ],
  ['rewriter-loop-checked-if-owed', 'this.#fuelPending = true;', ';', '// A loop is checked each time'],
  ['rewriter-global-set-early', 'this.#checkFuel(at);', ';', 'case 36 /* Opcode.GlobalSet */:'],
  ['rewriter-data-drop-early', 'this.#checkFuel(at);', ';', 'case 265 /* Prefixed.DataDrop */:'],
  ['rewriter-elem-drop-early', 'this.#checkFuel(at);', ';', 'case 269 /* Prefixed.ElemDrop */:'],
  ['rewriter-if-local-behind', 'this.#settleFuel(at);', ';', '#if(at) {'],
  ['rewriter-branch-local-behind', 'this.#settleFuel(at);', ';', '#leave(frame, count, above, at) {'],
  ['rewriter-br-table-local-behind', 'this.#settleFuel(at);', ';', '#brTable(at) {'],
  ['rewriter-br-table-leaves-unchecked', 'if (outside)', 'if (false)'],
  ['rewriter-br-table-not-pending', 'if (this.#fuelPending)', 'if (false)', '#brTable(at) {'],
  ['rewriter-branch-not-pending', 'if (this.#fuelPending)', 'if (false)', '#leave(frame, count, above, at) {'],
  ['rewriter-else-not-pending', 'this.#fuelPending = frame.pendingElse;', 'this.#fuelPending = false;'],
  ['rewriter-missing-else-not-pending', '(conditional && frame.pendingElse)', 'false'],
  ['rewriter-end-not-pending', 'frame.pending || (cond', '(cond'],
  ['rewriter-stale-after-call', 'this.#fuelStale = true;', ';', '#callTyped(type, above, at) {'],
  ['rewriter-stale-after-added', 'this.#fuelStale = true;', ';', '#callAdded(index, at) {'],
  ['rewriter-stale-kept-in-else', 'this.#fuelStale = false;', ';', 'frame.kind = 4 /* FrameKind.Else */;'],
  ['rewriter-stale-kept-behind-dead-end', 'this.#fuelStale = false;', ';', 'const goesOn = '],
]);

const STACK_WORDS = faults('stack words', REWRITER, [
  ['rewriter-words-not-given-back', 'body.op(106 /* Opcode.I32Add */);', 'body.op(107);', '#finish('],
  ['rewriter-tail-call-keeps-frame', 'this.#giveWordsBack();', ';', '#call(opcode, at) {'],
  ['rewriter-indirect-tail-call-keeps-frame', 'this.#giveWordsBack();', ';', '#callIndirect(opcode, at) {'],
  ['rewriter-frame-free', 'head.i32Const(this.#frameWords);', 'head.i32Const(0);', 'const words = this.#words();\n'],
  [
    'rewriter-leaf-frame-free',
    'head.i32Const(this.#frameWords);',
    'head.i32Const(0);',
    '// No callee and no host function',
  ],
  ['rewriter-frame-checked-at-one', 'head.i32Const(0);', 'head.i32Const(1);', '#writeEntry() {'],
  ['rewriter-leaf-frame-checked-above', '72 /* Opcode.I32LtS */', '76', '// No callee and no host function'],
  ['rewriter-leaf-overflow-unnoted', 'head.setGlobal(this.#wordsGlobal, -1);', ';'],
  ['rewriter-caller-taken-for-leaf', 'this.#calls = true;', ';'],
]);

const NAN_BITS = [
  ...faults('NaN bits', REWRITER, [
    [
      'rewriter-nan-not-canonical',
      'state = 1 /* NanState.Positive */;',
      'state = 0;',
      'case 1 /* FloatClass.Generates */:',
    ],
    ['rewriter-nan-observed', 'this.#settle(this.#height - operands, this.#height, at);', ';'],
    ['rewriter-nan-negated', '? 2 /* NanState.Negative */ : 1', '? 1 : 1'],
    ['rewriter-nan-negated-forgotten', 'if (operand !== 0 /* NanState.Kept */)', 'if (false)'],
    [
      'rewriter-nan-sign-not-cleared',
      'state = 1 /* NanState.Positive */;',
      'state = 0;',
      'case 4 /* FloatClass.ClearsSign */:',
    ],
    [
      'rewriter-nan-kept-in-global',
      'this.#settle(this.#height - 1, this.#height, at);',
      ';',
      'case 36 /* Opcode.GlobalSet */:',
    ],
    [
      'rewriter-nan-kept-in-argument',
      'this.#settle(high - type.params.length, high, at);',
      ';',
      '#callTyped(type, above, at) {',
    ],
    ['rewriter-nan-kept-in-result', 'this.#settle(high - this.#results.length, high, at);', ';'],
    [
      'rewriter-nan-kept-over-branch',
      'this.#settle(high - count, high, at);',
      ';',
      '#leave(frame, count, above, at) {',
    ],
    ['rewriter-nan-kept-over-br-table', 'this.#settle(high - count, high, at);', ';', '#brTable(at) {'],
    ['rewriter-nan-kept-into-if', 'this.#settle(high - type.params.length, high, at);', ';', '#if(at) {'],
    ['rewriter-nan-kept-at-end', 'this.#settle(this.#height - frame.type.results.length, this.#height, at);', ';'],
    ['rewriter-nan-kept-in-local-over-if', 'this.#settleLocals(at);', ';', '#if(at) {'],
    ['rewriter-nan-kept-in-local-over-branch', 'this.#settleLocals(at, frame.dead);', ';'],
    ['rewriter-nan-kept-in-local-over-br-table', 'this.#settleLocals(at);', ';', '#brTable(at) {'],
    ['rewriter-nan-of-local-forgotten', 'this.#localNan[local] = state;', ';'],
    ['rewriter-nan-of-local-unlisted', 'this.#markedLocals.push(local);', ';'],
    ['rewriter-nan-of-local-unread', 'this.#localNan[local]);', '0);', 'case 32 /* Opcode.LocalGet */:'],
    ['rewriter-nan-of-select-mixed', 'if (!same)', 'if (false)'],
    ['rewriter-nan-of-select-forgotten', 'this.#push(type, state);', 'this.#push(type, 0);', '#select(at) {'],
    ['rewriter-nan-dead-although-read', 'if (frame.start <= lastRead)', 'if (false)'],
    [
      'rewriter-nan-dead-although-passed-by',
      '|| frame.reached)\n                return;',
      ')\n                return;',
      '#noteWrite(local) {',
    ],
    [
      'rewriter-nan-dead-although-in-arm',
      'else if (frame.kind !== 1 /* FrameKind.Block */ || frame.reached)',
      'else if (false)',
    ],
    [
      'rewriter-nan-waiting-turned-round',
      'let i = waiting.length - 1; i >= 0; i--',
      'let i = 0; i < waiting.length; i++',
    ],
    ['rewriter-nan-only-the-deepest', 'if (entry < high)', 'if (false)'],
    ['rewriter-nan-select-turned-round', '91 /* Opcode.F32Eq */ : 97 /* Opcode.F64Eq */', '92 : 98'],
    ['rewriter-nan-local-negative', 'writeNan(head, type, 1 /* NanState.Positive */);', 'writeNan(head, type, 2);'],
    ['rewriter-nan-of-f32-quieter', '0x7fc0_0000 | sign', '0x7fe0_0000 | sign'],
    ['rewriter-nan-of-f64-quieter', '0x7ff8_0000 | sign', '0x7ffc_0000 | sign'],
    ['rewriter-nan-sign-lost', 'const sign = state === 2 /* NanState.Negative */ ?', 'const sign = false ?'],
  ]),
  ...faults(
    'NaN bits',
    'instrumented/float-class',
    [
      ...['ceil', 'floor', 'trunc', 'nearest', 'sqrt', 'add', 'sub', 'mul', 'div', 'min', 'max'].map((name) => [
        name,
        `${name}|`,
      ]),
      ['demote', 'demote_f64|'],
      ['promote', '|promote_f32'],
    ].map(([name, found]) => [`classes-${name}-kept`, found!, '', 'const GENERATING = '] as const),
  ),
  ...faults('NaN bits', 'instrumented/float-class', [
    ['classes-f32-kept', 'f(?:32|64)', 'f64', 'const GENERATING = '],
    ['classes-f64-kept', 'f(?:32|64)', 'f32', 'const GENERATING = '],
    ['classes-copysign-blind', 'copysign|', ''],
    ['classes-store-blind', '|store', ''],
    ['classes-f32-reinterpret-blind', '|i32\\.reinterpret_f32', ''],
    ['classes-f64-reinterpret-blind', '|i64\\.reinterpret_f64', ''],
    ['classes-f32-neg-plain', "name === 'f32.neg' || ", ''],
    ['classes-f64-neg-plain', " || name === 'f64.neg'", ''],
    ['classes-f32-abs-plain', "name === 'f32.abs' || ", ''],
    ['classes-f64-abs-plain', " || name === 'f64.abs'", ''],
  ]),
];

const TRAP_CODES = faults('trap codes', REWRITER, [
  ['rewriter-trunc-operand-unkept', 'this.#keepOperand(', 'void (', 'case 5 /* FloatClass.Truncates */:'],
  ['rewriter-untracked-trunc-operand-unkept', 'this.#keepOperand(', 'void (', '#untracked(opcode, at) {'],
  ['rewriter-element-unnoted', 'body.globalSet(this.layout.gauge(3 /* GaugeGlobal.Element */));', 'body.u8(26);'],
  ['rewriter-table-unnoted', 'body.globalSet(this.layout.gauge(4 /* GaugeGlobal.Table */));', 'body.u8(26);'],
  ['rewriter-table-of-call-mistaken', 'body.i32Const(table);', 'body.i32Const(0);', '#callIndirect(opcode, at) {'],
  ['rewriter-table-access-unnoted', 'body.setGlobal(trapping, 1 /* Trapping.TableAccess */);', ';'],
  ['rewriter-table-access-note-kept', 'body.setGlobal(trapping, 0 /* Trapping.No */);', ';'],
]);

const SEGMENTS = faults('segments and bulk operations', REWRITER, [
  ['rewriter-data-drop-does-nothing', 'this.#body.setGlobal(dataState(layout, segment), DROPPED);', ';'],
  ['rewriter-elem-drop-does-nothing', 'this.#body.setGlobal(elementState(layout, segment), DROPPED);', ';'],
]);

const HOST_EDGE = faults('host edge', REWRITER, [
  ['rewriter-reference-past-the-adapter', 'if (target !== index)', 'if (false)', 'case 210 /* Opcode.RefFunc */:'],
]);

export const REWRITER_MUTANTS = [
  ...STATIC_CHARGES,
  ...STACK_WORDS,
  ...NAN_BITS,
  ...TRAP_CODES,
  ...SEGMENTS,
  ...HOST_EDGE,
  ...faults('reset and reuse', REWRITER, [['rewriter-set-elements-untold', 'this.setsElements = true;', ';']]),
];
