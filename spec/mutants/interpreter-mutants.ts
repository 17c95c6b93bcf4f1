/** Faults in the interpreter and in its arithmetic. */
import { HOT, ROWS } from '../../src/interpreter/table/rows.js';
import { faults } from './planting.js';

const RARE = 'interpreter/rare';
const BULK = 'interpreter/bulk';
const LOOP = 'interpreter/loop';
const MACHINE = 'interpreter/interpreter';
const INSTANCE = 'interpreter/instance';

const RATES = [
  'memoryGrow',
  'tableGrow',
  'memoryFill',
  'memoryCopy',
  'memoryInit',
  'tableFill',
  'tableCopy',
  'tableInit',
];

/** Rows whose body in the loop contains a text. */
const namesWith = (text: string): readonly string[] =>
  ROWS.filter(({ loop }) => loop?.includes(text)).map(({ name }) => name);

const BRANCHES = namesWith('costElse.word');
/** Operations that may produce a NaN, of each width. */
const GENERATING = [...namesWith('0x7ff8_0000'), ...namesWith('0x7fc0_0000')];
/** The loop has two dispatches: these are also in the second one. */
const GENERATING_TWICE = GENERATING.filter((name) => HOT.has(name));
/** The same, outside the loop. */
const GENERATING_RARELY = ROWS.filter(({ rare }) => rare?.includes('x === x) d.')).map(({ name }) => name);

const nanOf = (op: string) => (op.startsWith('F32') ? '0x7fc0_0000' : '0x7ff8_0000');
const negativeNanOf = (op: string) => (op.startsWith('F32') ? '0xffc0_0000' : '0xfff8_0000');
const floatsOf = (op: string) => (op.startsWith('F32') ? 'floats[dAt] = x' : 'doubles[dAt >> 1] = x');

export const INTERPRETER_MUTANTS = [
  ...faults('charges by data', BULK, [
    ...RATES.map((name) => [`interpreter-${name}-uncharged`, `!charge(instance, '${name}', `, 'false && ('] as const),
    ...RATES.map(
      (name, i) => [`interpreter-${name}-at-another-rate`, `'${name}'`, `'${RATES[(i + 1) % RATES.length]}'`] as const,
    ),
  ]),
  ...faults('growing', BULK, [
    ['interpreter-grow-without-rule', 'if (!memory.canGrow(delta))', 'if (false)'],
    ['interpreter-table-grow-without-rule', 'if (!instance.canGrowTable(tableIndex, delta))', 'if (false)'],
    ['interpreter-grow-answers-new-size', 'slots[d] = memory.grow(delta);', 'slots[d] = memory.grow(delta) + delta;'],
    ['interpreter-table-grows-with-null', 'table.grow(delta, element)', 'table.grow(delta, 0)'],
  ]),
  ...faults('growing', INSTANCE, [
    ['interpreter-tables-capped-alone', 'return elements <= this.store.limits.tableElements;', 'return true;'],
    ['interpreter-tables-cap-off-by-one', 'return elements <= this.store', 'return elements < this.store'],
  ]),
  ...faults('growing', 'machine/memory', [
    ['memory-cap-off-by-one', 'this.pages + delta <= this.pagesMax', 'this.pages + delta < this.pagesMax'],
    ['memory-without-declared-maximum', 'Math.min(type.max ?? 65_536, pagesCap)', 'pagesCap'],
    ['memory-without-cap', 'Math.min(type.max ?? 65_536, pagesCap)', '(type.max ?? 65_536)'],
  ]),
  ...faults('growing', 'machine/table', [
    ['table-cap-off-by-one', 'this.length + delta <= this.lengthMax', 'this.length + delta < this.lengthMax'],
    ['table-without-declared-maximum', 'Math.min(type.max ?? ELEMENTS_MAX, elementsCap)', 'elementsCap'],
    ['table-without-cap', 'Math.min(type.max ?? ELEMENTS_MAX, elementsCap)', '(type.max ?? ELEMENTS_MAX)'],
    ['table-grown-unfilled', 'this.elements.fill(handle, before, length);', ''],
  ]),
  ...faults('segments and bulk operations', BULK, [
    ['interpreter-fill-unchecked', 'if (to + count > byteLength)\n', 'if (false)\n'],
    ['interpreter-fill-off-by-one', 'if (to + count > byteLength)\n', 'if (to + count >= byteLength)\n'],
    ['interpreter-copy-source-unchecked', 'from + count > byteLength || ', ''],
    ['interpreter-init-source-unchecked', 'from + count > segment.length || ', ''],
    [
      'interpreter-copy-one-way',
      'bytes.copyWithin(to, from, from + count);',
      'for (let i = 0; i < count; i++) bytes[to + i] = bytes[from + i];',
    ],
    [
      'interpreter-table-copy-one-way',
      'table.elements.copyWithin(to, from, from + count);',
      'for (let i = 0; i < count; i++) table.elements[to + i] = table.elements[from + i];',
    ],
  ]),
  ...faults('segments and bulk operations', INSTANCE, [
    ['interpreter-active-data-not-dropped', 'this.dropData(i);', ''],
    ['interpreter-elements-not-dropped', 'this.dropElements(i);', ''],
    ['interpreter-data-drop-does-nothing', 'this.#droppedData[segment] = 1;', ''],
    ['interpreter-elem-drop-does-nothing', 'this.#droppedElements[segment] = 1;', ''],
    [
      'interpreter-active-data-off-by-one',
      'if (at + bytes.length > memory.byteLength)',
      'if (at + bytes.length >= memory.byteLength)',
    ],
    [
      'interpreter-active-elements-off-by-one',
      'if (at + handles.length > table.length)',
      'if (at + handles.length >= table.length)',
    ],
  ]),
  ...faults('reset and reuse', INSTANCE, [
    ['interpreter-memory-not-reset', 'this.memory?.reset(module.memories[0].min);', ''],
    ['interpreter-globals-not-reset', 'this.globals.set(globals);', ''],
    ['interpreter-tables-not-reset', 'this.tables[i].reset(elements);', ''],
    ['interpreter-data-not-copied-again', 'this.memory.bytes.set(bytes, at);', '', 'of data)'],
    ['interpreter-data-stays-dropped', 'this.#droppedData.set(droppedData);', ''],
    ['interpreter-elements-stay-dropped', 'this.#droppedElements.set(droppedElements);', ''],
    ['interpreter-trace-not-reset', 'this.#machine.stopped = [];', ''],
    ['interpreter-start-not-run-again', 'start(instance);', '', 'instance.reset();'],
  ]),
  ...faults('reset and reuse', 'machine/memory', [
    ['memory-reset-keeps-its-size', 'this.pages = pages;', '', 'reset(pages) {'],
    ['memory-reset-keeps-its-bytes', 'this.bytes.fill(0, 0, this.byteLength);', ';'],
  ]),
  ...faults('reset and reuse', 'machine/table', [['table-reset-keeps-its-size', 'this.length = elements.length;', '']]),
  ...faults('trap codes', 'interpreter/status', [
    ['interpreter-undefined-reported-as-null', "'undefined-element'", "'uninitialized-element'"],
    ['interpreter-null-reported-as-undefined', "'uninitialized-element'", "'undefined-element'"],
    ['interpreter-overflow-reported-as-conversion', "'integer-overflow'", "'invalid-conversion-to-integer'"],
    ['interpreter-conversion-reported-as-overflow', "'invalid-conversion-to-integer'", "'integer-overflow'"],
    ['interpreter-memory-reported-as-table', "'out-of-bounds-memory-access'", "'out-of-bounds-table-access'"],
    ['interpreter-table-reported-as-memory', "'out-of-bounds-table-access'", "'out-of-bounds-memory-access'"],
    ['interpreter-mismatch-reported-as-null', "'indirect-call-type-mismatch'", "'uninitialized-element'"],
    ['interpreter-unreachable-reported-as-division', "'unreachable'", "'integer-divide-by-zero'"],
  ]),
  ...faults('stack words', MACHINE, [['interpreter-tail-call-keeps-frame', 'this.words += words[end - 1];', '']]),
  ...faults('static charges', LOOP, [
    ['interpreter-charge-skipped', 'fuel = (fuel - code[(pc + 1) | 0]) | 0;', '', '/* Op.Charge */:'],
    ['interpreter-jump-free', 'fuel = (fuel - code[(pc + 2) | 0]) | 0;', '', '/* Op.Jump */:'],
    ['interpreter-branch-table-free', 'fuel = (fuel - code[(at + 1) | 0]) | 0;', '', '/* Op.BranchTable */:'],
    ...BRANCHES.flatMap(
      (op) =>
        [
          [`interpreter-${op}-taken-free`, 'fuel = (fuel - ', 'fuel = (fuel - 0 * ', `/* Op.${op} */:`],
          [
            `interpreter-${op}-not-taken-free`,
            'fuel = (fuel - ',
            'fuel = (fuel - 0 * ',
            `/* Op.${op} */:`,
            'fuel = (fuel - ',
          ],
        ] as const,
    ),
  ]),
  ...faults('NaN bits', LOOP, [
    ...GENERATING.map(
      (op) => [`interpreter-${op}-nan-negative`, nanOf(op), negativeNanOf(op), `/* Op.${op} */:`] as const,
    ),
    ...GENERATING_TWICE.map(
      (op) =>
        [
          `interpreter-${op}-again-nan-negative`,
          nanOf(op),
          negativeNanOf(op),
          `/* Op.${op} */:`,
          `/* Op.${op} */:`,
        ] as const,
    ),
  ]),
  ...faults('NaN bits', RARE, [
    ...GENERATING_RARELY.map(
      (op) => [`interpreter-${op}-nan-negative`, nanOf(op), negativeNanOf(op), `/* Op.${op} */:`] as const,
    ),
    ...GENERATING_RARELY.map(
      (op) =>
        [`interpreter-${op}-changes-sign`, `${floatsOf(op)};`, `${floatsOf(op)} * -1;`, `/* Op.${op} */:`] as const,
    ),
  ]),
  ...faults('numbers', LOOP, [
    ['interpreter-i32-trunc-range-open', 'x > -2147483649', 'x > -2147483648', '/* Op.I32TruncF64S */:'],
    ['interpreter-i32-trunc-u-range-open', 'x > -1 &&', 'x >= 0 &&', '/* Op.I32TruncF64U */:'],
    ['interpreter-f32-trunc-range-closed', 'x < 2147483648', 'x <= 2147483648', '/* Op.I32TruncF32S */:'],
    ['interpreter-f32-trunc-u-range-open', 'x > -1 &&', 'x >= 0 &&', '/* Op.I32TruncF32U */:'],
  ]),
  ...faults('numbers', 'wasm/convert', [
    ['i32-trunc-range-closed', 'x > -TWO_31 - 1 && x < TWO_31', 'x > -TWO_31 - 1 && x <= TWO_31'],
    ['i64-trunc-range-open', 'x >= -TWO_63', 'x > -TWO_63'],
    ['i64-trunc-u-range-closed', 'x > -1 && x < TWO_64', 'x > -1 && x <= TWO_64'],
    ['i64-to-f32-rounded-twice', 'Math.fround(hi * TWO_32 + loRoundedToOdd(lo))', 'Math.fround(x)'],
    ['i64-u-to-f32-rounded-twice', 'Math.fround((hi >>> 0) * TWO_32 + loRoundedToOdd(lo))', 'Math.fround(x)'],
    [
      'trunc-sat-at-zero',
      'x > 0 ? 0x7fffffff : x < 0 ? -0x80000000 : 0;\n}\n/** Saturating truncation; NaN gives 0. */\nexport function truncSatF64ToI32U',
      'x > 0 ? 0x7fffffff : -0x80000000;\n}\n/** Saturating truncation; NaN gives 0. */\nexport function truncSatF64ToI32U',
    ],
  ]),
  ...faults('numbers', LOOP, [
    ['interpreter-i64-mul-without-cross', 'Math.imul(aHigh, bLow)', '0', '/* Op.I64Mul */:'],
    ['interpreter-i32-rem-s-without-sign', '+ 2) | 0]) | 0] % b', '+ 2) | 0]) | 0] % b >>> 1', '/* Op.I32RemS */:'],
    ['interpreter-i64-shl-over-halves', '(31 - n)', '(32 - n)', '/* Op.I64Shl */:'],
    ['interpreter-i64-shr-s-fills-zero', 'high >> 31', '0', '/* Op.I64ShrS */:'],
    ['interpreter-i64-shr-u-fills-sign', '= high >>> n;', '= high >> n;', '/* Op.I64ShrU */:'],
    ['interpreter-i64-rotr-over-halves', '(31 - n)', '(32 - n)', '/* Op.I64Rotr */:'],
    ['interpreter-i64-lt-s-low-signed', 'slots[aAt] >>> 0 <', 'slots[aAt] <', '/* Op.I64LtS */:'],
    ['interpreter-i64-lt-u-high-signed', '>>> 0 < slots[bAt |', '< slots[bAt |', '/* Op.I64LtU */:'],
  ]),
  ...faults('numbers', 'wasm/i64', [
    ['i64-add-without-carry', '(lo >>> 0 < aLo >>> 0 ? 1 : 0)', '0'],
    ['i64-sub-without-borrow', '(aLo >>> 0 < bLo >>> 0 ? 1 : 0)', '0'],
    ['i64-negate-without-carry', '~S[d + 1] + (lo === 0 ? 1 : 0)', '~S[d + 1]'],
    ['i64-remainder-of-other-sign', 'wantsRemainder ? aNegative :', 'wantsRemainder ? bNegative :'],
    ['i64-wide-quotient-one-less', 'fitsOnceMore ? 1 : 0, 0', '0, 0'],
    ['i64-ctz-of-zero-low', '32 + ctz32(hi)', 'ctz32(hi)'],
  ]),
  ...faults('numbers', 'wasm/f64', [
    ['f64-nearest-ties-up', 'magnitude + TWO_52 - TWO_52', 'Math.round(magnitude)'],
    ['f64-nearest-loses-minus-zero', 'x < 0 || (x === 0 && 1 / x < 0)', 'x < 0 && rounded > 0'],
    ['f64-copysign-of-itself', '(bHi & -0x80000000)', '(aHi & -0x80000000)'],
    ['f64-min-of-zeros', 'return Math.min(a, b);', 'return a === 0 && b === 0 ? a : Math.min(a, b);'],
  ]),
  ...faults('numbers', 'wasm/i32', [
    ['i32-popcnt-of-some', '0x0f0f0f0f', '0x070f0f0f'],
    ['i32-ctz-of-zero', 'x === 0 ? 32 :', 'x === 0 ? 31 :'],
  ]),
];
