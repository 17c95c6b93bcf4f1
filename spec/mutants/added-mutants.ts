/** Faults in the code that the instrumented tier adds to a module, and in how its instance runs it. */
import { faults } from './planting.js';

const ADDED = 'instrumented/added-code';
const SETUP = 'instrumented/setup-code';
const INSTANCE = 'instrumented/instance';
const LAYOUT = 'instrumented/layout';
const STATE = 'instrumented/tier-state';
const PROGRAM = 'instrumented/program';
const REWRITE = 'instrumented/rewrite';

const rate = (name: string, count = 2) => `charge(writer, layout, layout.metered.schedule.rates.${name}, ${count});`;

export const ADDED_MUTANTS = [
  ...faults('charges by data', ADDED, [
    ...['memoryFill', 'memoryCopy', 'memoryInit', 'tableInit', 'tableCopy', 'tableFill'].map(
      (name) => [`added-${name}-uncharged`, rate(name), ''] as const,
    ),
    ...(
      [
        ['memoryFill', 'memoryCopy'],
        ['memoryCopy', 'memoryInit'],
        ['memoryInit', 'memoryFill'],
        ['tableInit', 'tableCopy'],
        ['tableCopy', 'tableFill'],
        ['tableFill', 'tableInit'],
      ] as const
    ).map(([name, other]) => [`added-${name}-at-another-rate`, rate(name), rate(other)] as const),
    ['added-memoryGrow-at-another-rate', 'rate: schedule.rates.memoryGrow,', 'rate: schedule.rates.tableGrow,'],
    ['added-tableGrow-at-another-rate', 'rate: schedule.rates.tableGrow,', 'rate: schedule.rates.tableFill,'],
    ['added-memory-length-mistaken', rate('memoryCopy'), rate('memoryCopy', 1)],
    ['added-grow-uncharged', 'charge(writer, layout, parts.rate, parts.deltaLocal);', ''],
    ['added-grow-charged-by-result', 'parts.rate, parts.deltaLocal)', 'parts.rate, parts.resultLocal)'],
    [
      'added-grow-charged-behind',
      'charge(writer, layout, parts.rate, parts.deltaLocal);\n    parts.grow();\n    writer.localTee(parts.resultLocal);',
      'parts.grow();\n    writer.localSet(parts.resultLocal);\n    charge(writer, layout, parts.rate, parts.deltaLocal);\n    writer.localGet(parts.resultLocal);',
    ],
    [
      'added-copy-charges-behind',
      'charge(writer, layout, layout.metered.schedule.rates.memoryCopy, 2);',
      'pushOperands(writer); writer.op1(64522 /* Opcode.MemoryCopy */, 0); writer.u8(0); charge(writer, layout, layout.metered.schedule.rates.memoryCopy, 2);',
    ],
    ['added-charge-not-rounded-up', 'writer.i64Const(b - 1);', 'writer.i64Const(0);'],
    ['added-charge-rounded-further', 'writer.i64Const(b - 1);', 'writer.i64Const(b);'],
    ['added-charge-without-factor', 'if (a !== 1)', 'if (false)'],
    ['added-charge-without-divisor', 'if (b !== 1)', 'if (false)'],
    ['added-charge-without-base', 'if (base !== 0)', 'if (false)'],
    ['added-charge-of-signed-count', '173 /* Opcode.I64ExtendI32U */', '172', 'function charge(writer'],
    ['added-charge-checked-at-one', 'writer.i64Const(0);', 'writer.i64Const(1);', 'writer.globalSet(fuel);'],
    ['added-charge-unchecked', 'writer.trapIf();', 'writer.u8(26);', 'writer.globalSet(fuel);'],
  ]),
  ...faults('growing', ADDED, [
    ['added-grow-off-by-one', '86 /* Opcode.I64GtU */', '90 /* Opcode.I64GeU */', 'function growBody('],
    ['added-grow-without-rule', 'writer.u8(15 /* Opcode.Return */);', 'writer.u8(26);', 'function growBody('],
    ['added-grow-of-signed-delta', '173 /* Opcode.I64ExtendI32U */', '172', 'function growBody('],
    [
      'added-grow-wraps',
      'size();\n        writer.localGet(parts.deltaLocal);',
      'writer.i64Const(0); writer.localGet(parts.deltaLocal);',
    ],
    ['added-tables-capped-alone', 'module.tables.length > 1 ? [allTables(writer, layout)] : []', '[]'],
    [
      'added-table-uncapped',
      'max: () => pushSizeMax(writer, layout, lengthMaxName(table)),',
      'max: () => writer.i64Const(0xffffffff),',
    ],
  ]),
  ...faults('segments and bulk operations', ADDED, [
    [
      'added-memory-init-unchecked',
      "checkSegment(writer, layout, layout.segmentState('data', segment), 2 /* Trapping.MemoryAccess */);",
      '',
    ],
    [
      'added-table-init-unchecked',
      "checkSegment(writer, layout, layout.segmentState('element', segment), 1 /* Trapping.TableAccess */);",
      '',
    ],
    ['added-segment-off-by-one', '86 /* Opcode.I64GtU */', '90 /* Opcode.I64GeU */', 'function checkSegment('],
    ['added-segment-offset-mistaken', 'writer.localGet(1);', 'writer.localGet(0);', 'function checkSegment('],
    ['added-segment-length-mistaken', 'writer.localGet(2);', 'writer.localGet(1);', 'function checkSegment('],
    ['added-dropped-segment-is-whole', 'writer.op(71 /* Opcode.I32Ne */);', 'writer.op(70);'],
  ]),
  ...faults('trap codes', ADDED, [
    [
      'added-data-trap-mistaken',
      "layout.segmentState('data', segment), 2 /* Trapping.MemoryAccess */",
      "layout.segmentState('data', segment), 1",
    ],
    [
      'added-element-trap-mistaken',
      "layout.segmentState('element', segment), 1 /* Trapping.TableAccess */",
      "layout.segmentState('element', segment), 2",
    ],
    ...['tableInit', 'tableCopy', 'tableFill'].flatMap(
      (name) =>
        [
          [
            `added-${name}-trap-unnoted`,
            'noteTrapping(writer, layout, 1 /* Trapping.TableAccess */);',
            '',
            `export function ${name}(`,
          ],
          [
            `added-${name}-note-kept`,
            'noteTrapping(writer, layout, 0 /* Trapping.No */);',
            '',
            `export function ${name}(`,
          ],
        ] as const,
    ),
  ]),
  ...faults('trap codes', 'instrumented/trapping', [
    ['added-trap-unnoted', 'noteTrapping(writer, layout, reason);', '', 'function trapForIf('],
  ]),
  // Resetting an instance to its initial state
  ...faults('reset and reuse', SETUP, [
    ['setup-words-not-set', 'writer.globalSet(layout.gauge(1 /* GaugeGlobal.Words */));', 'writer.u8(26);'],
    ['setup-trap-note-kept', 'writer.setGlobal(layout.gauge(2 /* GaugeGlobal.Trapping */), 0 /* Trapping.No */);', ''],
    [
      'setup-last-global-not-reset',
      'module.globalDefinitions.forEach(({ init }, i) => {',
      'module.globalDefinitions.forEach(({ init }, i) => {\n            if (i > 0 && i === module.globalDefinitions.length - 1) return;',
    ],
    [
      'setup-float-globals-not-reset',
      'module.globalDefinitions.forEach(({ init }, i) => {',
      'module.globalDefinitions.forEach(({ init }, i) => {\n            if (module.globals[module.importedGlobals + i].type === 0x7c) return;',
    ],
    [
      'setup-passive-data-stays-dropped',
      "writer.setGlobal(layout.segmentState('data', i), bytes.end - bytes.start);",
      ';',
    ],
    ['setup-passive-elements-stay-dropped', "writer.setGlobal(layout.segmentState('element', i), length);", ';'],
    ['setup-data-not-dropped', "writer.setGlobal(layout.segmentState('data', i), DROPPED);", ';'],
    ['setup-elements-not-dropped', "writer.setGlobal(layout.segmentState('element', i), DROPPED);", ';'],
    ['setup-declared-elements-not-dropped', "if (mode === 'passive')", "if (mode !== 'active')"],
    ['setup-element-segment-not-counted', 'writer.setGlobal(segmentGlobal, i);', ';'],
    ['setup-data-segment-not-counted', 'writer.around(number, first + i, isSegment);', ';'],
    ['setup-data-passed-not-recorded', 'writer.setGlobal(segmentGlobal, first + module.data.length);', ';'],
  ]),
  ...faults('trap codes', SETUP, [
    ['setup-table-note-kept', 'writer.setGlobal(layout.gauge(4 /* GaugeGlobal.Table */), NO_TABLE);', ''],
    ['setup-operand-note-kept', 'writer.globalSet(layout.gauge(5 /* GaugeGlobal.Operand */));', 'writer.u8(26);'],
    ['setup-element-trap-unnoted', 'writer.setGlobal(trapping, 1 /* Trapping.TableAccess */);', ';'],
    [
      'setup-data-trap-mistaken',
      'writer.setGlobal(trapping, 2 /* Trapping.MemoryAccess */);',
      'writer.setGlobal(trapping, 1);',
    ],
  ]),
  ...faults('host edge', SETUP, [
    [
      'setup-global-read-next-to-it',
      'layout.globals[first + i]);',
      'layout.globals[first + (i ^ 1)] ?? layout.globals[first + i]);',
      'module.globals[first + i].type, ',
    ],
    ['setup-f32-global-bits-by-value', 'writer.op(188 /* Opcode.I32ReinterpretF32 */);', 'writer.op(168);'],
    ['setup-f64-global-bits-by-value', 'writer.op(189 /* Opcode.I64ReinterpretF64 */);', 'writer.op(176);'],
    ['setup-f32-global-set-by-value', 'writer.op(190 /* Opcode.F32ReinterpretI32 */);', 'writer.op(178);'],
    ['setup-f64-global-set-by-value', 'writer.op(191 /* Opcode.F64ReinterpretI64 */);', 'writer.op(185);'],
    ['setup-reference-of-another', 'writer.localGet(0);', 'writer.i32Const(0);', 'export function addReference('],
  ]),
  ...faults('host edge', LAYOUT, [
    ['layout-f32-crosses-by-value', '? 0xbc :', '? 0xa8 :'],
    ['layout-f64-crosses-by-value', '? 0xbc : 0xbd', '? 0xbc : 0xb0'],
    ['layout-f32-comes-by-value', '? 0xbe :', '? 0xb2 :'],
    ['layout-f64-comes-by-value', '? 0xbe : 0xbf', '? 0xbe : 0xb9'],
    ['layout-results-turned-round', 'let i = given.length - 1; i >= 0; i--', 'let i = 0; i < given.length; i++'],
  ]),
  ...faults('host edge', STATE, [
    ['state-fuel-not-taken-over', 'gauge.fuelLeft = this.#fuel();', ''],
    ['state-words-not-taken-over', 'gauge.wordsLeft = this.#words();', ''],
    ['state-last-failure-kept', 'this.failure ??= error;', 'this.failure = error;'],
  ]),
  ...faults('reset and reuse', INSTANCE, [
    ['instance-table-not-reset', 'if (changesTables)', 'if (false)'],
    ['instance-grown-memory-reused', 'if (hostPages === pages)', 'if (hostPages >= pages)'],
    [
      'instance-grown-table-reused',
      'if (this.#tables.some((table, i) => table.web.length !== module.tables[i].min))',
      'if (false)',
    ],
    [
      'instance-last-element-not-reset',
      'for (let i = 0; i < web.length; i++)',
      'for (let i = 0; i < web.length - 1; i++)',
    ],
  ]),
  ...faults('reset and reuse', REWRITE, [
    ['rewrite-set-elements-forgotten', 'functions.setsElements || ', ''],
    ['rewrite-table-helpers-forgotten', "name.startsWith('table.')", 'false'],
  ]),
  ...faults('growing', INSTANCE, [
    ['instance-pages-max-off-by-one', 'this.#memory.pagesMax)', 'this.#memory.pagesMax - 1)'],
    ['instance-length-max-off-by-one', 'this.#tables[i].lengthMax)', 'this.#tables[i].lengthMax + 1)'],
    [
      'instance-elements-max-off-by-one',
      'this.#setState(ELEMENTS_MAX, store.limits.tableElements)',
      'this.#setState(ELEMENTS_MAX, store.limits.tableElements + 1)',
    ],
  ]),
  ...faults('trap codes', INSTANCE, [
    ['instance-stack-reported-as-trap', 'else if (tier.wordsLeft < 0)', 'else if (false)'],
    ['instance-fuel-reported-as-trap', 'if (fuelLeft < 0)', 'if (false)'],
    ['instance-truncation-swapped', "Number.isNaN(operand) ? 'invalid", "!Number.isNaN(operand) ? 'invalid"],
    [
      'instance-null-element-mistaken',
      "=== null\n                    ? 'uninitialized",
      "!== null\n                    ? 'uninitialized",
    ],
    ['instance-element-of-first-table', 'note % TABLES_MAX', '0'],
    ['instance-undefined-element-unnoted', "beyond ? 'undefined-element' : undefined", 'undefined'],
    ['instance-element-at-the-end-defined', '>>> 0 >= this.#lastTable().length', '>>> 0 > this.#lastTable().length'],
    ['instance-table-note-mistaken', "return 'out-of-bounds-table-access';", "return 'undefined-element';"],
    ['instance-memory-note-mistaken', "return 'out-of-bounds-memory-access';", "return 'out-of-bounds-table-access';"],
  ]),
  ...faults('trap codes', 'instrumented/host', [
    [
      'host-division-learnt-as-overflow',
      "{ trap: 'integer-divide-by-zero', code: divide(109",
      "{ trap: 'integer-overflow', code: divide(109",
    ],
    ['host-unreachable-learnt-as-division', "{ trap: 'unreachable'", "{ trap: 'integer-divide-by-zero'"],
  ]),
  ...faults('parts, log and receipt', INSTANCE, [
    ['instance-fuel-below-zero', 'gauge.fuelLeft = Math.max(fuelLeft, 0);', 'gauge.fuelLeft = fuelLeft;'],
    ['instance-fuel-not-booked', 'gauge.fuelLeft = Math.max(fuelLeft, 0);', ';'],
    ['instance-stop-forgotten', 'if (gauge.stop !== undefined)\n            return gauge.stop;', ''],
  ]),
  ...faults('host edge', INSTANCE, [
    ['instance-gauge-not-left', 'tier.leave();', '', '#callHost(target, raw) {'],
    ['instance-gauge-not-entered', 'tier.enter();', '', 'throw tier.unwinding;'],
    ['instance-gauge-not-left-at-end', 'tier.leave();', '', 'raw = callable('],
    [
      'instance-stopped-host-goes-on',
      'if (answer === undefined)\n            throw tier.unwinding;',
      'if (answer === undefined) return undefined;',
    ],
    [
      'instance-import-copied-not',
      'if (this.#compiled.rewritten.globalImports[i] !== 1 /* GlobalImport.Copied */',
      'if (true',
    ],
    ['instance-wide-result-signed', "typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits", 'bits'],
  ]),
  ...faults('parts, log and receipt', PROGRAM, [
    [
      'program-instantiation-uncharged',
      "gauge.charge('instantiate', this.metered.instantiationCharge)",
      'true',
      'instantiate(store, imports, made) {',
    ],
    [
      'program-second-instantiation-uncharged',
      "instance.store.gauge.charge('instantiate', this.metered.instantiationCharge)",
      'true',
      'reinstantiate(instance) {',
    ],
    ['program-start-never-ends', 'gauge.endInstantiation();', ''],
  ]),
  ...faults('reset and reuse', PROGRAM, [
    ['program-instance-not-reset', 'instance.reset();', ''],
    ['program-start-not-run-again', 'start(instance);', '', 'instance.reset();'],
  ]),
];
