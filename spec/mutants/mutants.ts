/** Single faults for `run.ts` to plant in the built code: each pattern must stand in its file exactly once. */

export interface Mutant {
  readonly name: string;
  /** Below `dist/src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const REWRITER = 'instrumented/function-rewriter.js';
const ADDED = 'instrumented/added-code.js';
const SETUP = 'instrumented/setup-code.js';
const INSTANCE = 'instrumented/instance.js';
const RARE = 'interpreter/rare.js';
const LOOP = 'interpreter/interpreter.js';
const OTHER = 'interpreter/instance.js';

function mutant(name: string, file: string, find: string, replace: string): Mutant {
  return { name, file, find, replace };
}

export const MUTANTS: readonly Mutant[] = [
  // The rewriter: fuel
  mutant('rewriter-block-uncharged', REWRITER, 'this.#fuelOwed += this.#takeBlock();', 'this.#takeBlock();'),
  mutant('rewriter-entry-uncharged', REWRITER, 'this.#fuelOwed = this.#takeBlock();', 'this.#takeBlock();'),
  mutant(
    'rewriter-fuel-check-at-one',
    REWRITER,
    'body.i64Const(0);\n        body.op(83',
    'body.i64Const(1);\n        body.op(83',
  ),
  mutant('rewriter-trap-before-charge', REWRITER, 'if (MAY_TRAP[opcode] === 1)', 'if (false)'),
  mutant('rewriter-else-not-pending', REWRITER, 'this.#fuelPending = frame.pendingElse;', 'this.#fuelPending = false;'),
  mutant(
    'rewriter-stale-after-call',
    REWRITER,
    'this.#pushAll(type.results);\n        this.#fuelStale = true;',
    'this.#pushAll(type.results);',
  ),
  mutant(
    'rewriter-stale-after-added',
    REWRITER,
    'this.#body.call(index);\n        this.#fuelStale = true;',
    'this.#body.call(index);',
  ),
  mutant('rewriter-global-set-early', REWRITER, 'this.#checkFuel(at);\n                this.#pop();', 'this.#pop();'),
  mutant(
    'rewriter-data-drop-early',
    REWRITER,
    'this.#checkFuel(at);\n                this.#replaceFrom(at);\n                this.#body.setGlobal(dataState',
    'this.#replaceFrom(at);\n                this.#body.setGlobal(dataState',
  ),
  // The rewriter: stack words
  mutant(
    'rewriter-words-not-given-back',
    REWRITER,
    'body.op(106 /* Opcode.I32Add */);\n            body.globalSet(this.#wordsGlobal);',
    'body.op(107 /* Opcode.I32Sub */);\n            body.globalSet(this.#wordsGlobal);',
  ),
  mutant(
    'rewriter-tail-call-keeps-frame',
    REWRITER,
    'this.#replaceFrom(at);\n            this.#giveWordsBack();',
    'this.#replaceFrom(at);',
  ),
  mutant(
    'rewriter-indirect-tail-call-keeps-frame',
    REWRITER,
    'if (opcode === 19 /* Opcode.ReturnCallIndirect */)\n            this.#giveWordsBack();',
    '',
  ),
  mutant(
    'rewriter-leaf-frame-free',
    REWRITER,
    'head.i32Const(this.#frameWords);\n            head.op(72',
    'head.i32Const(0);\n            head.op(72',
  ),
  // The rewriter: NaN
  mutant(
    'rewriter-nan-not-canonical',
    REWRITER,
    'state = 1 /* NanState.Positive */;\n                break;\n            case 2',
    'state = 0;\n                break;\n            case 2',
  ),
  mutant('rewriter-nan-stored', REWRITER, 'this.#settle(this.#height - operands, this.#height, at);', ''),
  mutant(
    'rewriter-nan-negated',
    REWRITER,
    'operand === 1 /* NanState.Positive */ ? 2 /* NanState.Negative */ : 1 /* NanState.Positive */',
    '1',
  ),
  mutant(
    'rewriter-nan-in-global',
    REWRITER,
    'this.#settle(this.#height - 1, this.#height, at);\n                this.#checkFuel',
    'this.#checkFuel',
  ),
  mutant(
    'rewriter-nan-in-argument',
    REWRITER,
    'this.#settle(high - type.params.length, high, at);\n        this.#checkFuel',
    'this.#checkFuel',
  ),
  mutant('rewriter-nan-in-result', REWRITER, 'this.#settle(high - this.#results.length, high, at);', ''),
  mutant('rewriter-nan-of-other-type', REWRITER, '0x7fc0_0000 | sign', '0x7fe0_0000 | sign'),
  // Added code: grow, bulk, traps
  mutant(
    'added-grow-off-by-one',
    ADDED,
    'writer.op(86 /* Opcode.I64GtU */);\n        writer.u8(4',
    'writer.op(90 /* Opcode.I64GeU */);\n        writer.u8(4',
  ),
  mutant('added-grow-uncharged', ADDED, 'charge(writer, layout, parts.rate, parts.deltaLocal);', ''),
  mutant('added-fill-uncharged', ADDED, 'charge(writer, layout, layout.metered.schedule.rates.memoryFill, 2);', ''),
  mutant(
    'added-copy-charges-after',
    ADDED,
    'charge(writer, layout, layout.metered.schedule.rates.memoryCopy, 2);\n        pushOperands(writer);\n        writer.op1(64522 /* Opcode.MemoryCopy */, 0);\n        writer.u8(0);',
    'pushOperands(writer);\n        writer.op1(64522 /* Opcode.MemoryCopy */, 0);\n        writer.u8(0);\n        charge(writer, layout, layout.metered.schedule.rates.memoryCopy, 2);',
  ),
  mutant(
    'added-table-init-uncharged',
    ADDED,
    'charge(writer, layout, layout.metered.schedule.rates.tableInit, 2);',
    '',
  ),
  mutant('added-charge-not-rounded-up', ADDED, 'writer.i64Const(b - 1);', 'writer.i64Const(0);'),
  mutant(
    'added-memory-init-unchecked',
    ADDED,
    'checkSegment(writer, layout, dataState(layout, segment), 2 /* Trapping.MemoryAccess */);',
    '',
  ),
  mutant(
    'added-segment-trap-swapped',
    ADDED,
    'elementState(layout, segment), 1 /* Trapping.TableAccess */',
    'elementState(layout, segment), 2',
  ),
  mutant(
    'added-table-fill-trap-unnamed',
    ADDED,
    'trapping(writer, layout, 1 /* Trapping.TableAccess */);\n        pushOperands(writer);\n        writer.op1(64529',
    'pushOperands(writer);\n        writer.op1(64529',
  ),
  // Setup code
  mutant(
    'setup-trap-note-kept',
    SETUP,
    'writer.setGlobal(layout.gauge(2 /* GaugeGlobal.Trapping */), 0 /* Trapping.No */);',
    '',
  ),
  mutant(
    'setup-global-not-reset',
    SETUP,
    'module.globalDefinitions.forEach(({ init }, i) => {',
    'module.globalDefinitions.forEach(({ init }, i) => {\n            if (i > 0 && i === module.globalDefinitions.length - 1) return;',
  ),
  mutant('setup-data-not-dropped', SETUP, 'writer.setGlobal(dataState(layout, i), DROPPED);', ';'),
  mutant('setup-elements-not-dropped', SETUP, 'writer.setGlobal(elementState(layout, i), DROPPED);', ';'),
  mutant(
    'setup-passive-data-stays-dropped',
    SETUP,
    'writer.setGlobal(dataState(layout, i), bytes.end - bytes.start);',
    ';',
  ),
  // The instance
  mutant('instance-memory-not-reset', INSTANCE, 'memory?.refresh().bytes.fill(0);', 'memory?.refresh();'),
  mutant('instance-table-not-reset', INSTANCE, 'if (changesTables) {', 'if (false) {'),
  mutant('instance-stack-told-as-trap', INSTANCE, 'else if (tier.wordsLeft < 0)', 'else if (false)'),
  mutant(
    'instance-truncation-swapped',
    INSTANCE,
    "Number.isNaN(operand) ? 'invalid",
    "!Number.isNaN(operand) ? 'invalid",
  ),
  mutant(
    'instance-null-element-mistaken',
    INSTANCE,
    "=== null\n                    ? 'uninitialized-element'",
    "!== null\n                    ? 'uninitialized-element'",
  ),
  mutant('instance-words-not-taken-over', 'instrumented/tier-state.js', 'gauge.wordsLeft = this.#words();', ''),
  // The interpreter
  mutant('interpreter-grow-uncharged', RARE, "else if (!charge(instance, 'memoryGrow', delta))", 'else if (false)'),
  mutant('interpreter-fill-uncharged', RARE, "if (!charge(instance, 'memoryFill', count))", 'if (false)'),
  mutant('interpreter-fill-unchecked', RARE, 'if (to + count > byteLength)\n', 'if (false)\n'),
  mutant('interpreter-copy-charges-nothing', RARE, "if (!charge(instance, 'tableCopy', count))", 'if (false)'),
  mutant('interpreter-f32-nan', RARE, 'slots[d] = 0x7fc0_0000;', 'slots[d] = 0xffc0_0000;'),
  mutant('interpreter-call-leaves-words', LOOP, 'this.#words += words[rest + 2];', ''),
  mutant(
    'interpreter-trap-codes-shifted',
    'interpreter/status.js',
    "'undefined-element',\n    'uninitialized-element',",
    "'uninitialized-element',\n    'undefined-element',",
  ),
  mutant('interpreter-active-data-not-dropped', OTHER, 'this.dropData(i);', ''),
  mutant('interpreter-elements-not-dropped', OTHER, 'this.dropElements(i);', ''),
  mutant(
    'interpreter-tables-capped-alone',
    OTHER,
    'return elements <= this.store.limits.tableElements;',
    'return true;',
  ),
  // What both tiers take from metering: the vectors and the oracle tell
  mutant(
    'metering-dynamic-rounded-down',
    'metering/schedule.js',
    'remainder === 0 ? quotient : quotient + 1',
    'quotient',
  ),
  mutant('metering-carried-free', 'metering/meter.js', 'this.#cost += this.#schedule.carriedValue * values;', ''),
  mutant(
    'metering-locals-free',
    'metering/meter.js',
    'this.#schedule.functionEntry + this.#schedule.zeroedLocal * this.declaredLocals',
    'this.#schedule.functionEntry',
  ),
  mutant('metering-plain-free', 'metering/meter.js', 'cost += prices[opcode];', ''),
];
