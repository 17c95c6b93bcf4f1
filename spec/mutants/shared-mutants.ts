/** Faults in code that both tiers share: metering, the gauge, the host edge, receipts, caches. */
import { faults } from './planting.js';

const METER = 'metering/meter';
const GAUGE = 'machine/gauge';
const HOST_FUNCTION = 'machine/host-function';
const HOST_IMPORT = 'engine/imports/host-import';
const TRANSCRIPT = 'engine/imports/host-transcript';
const LOADED = 'engine/loaded-module';
const ATTEMPT = 'engine/call/call-attempt';
const VALUES = 'engine/call/value-protocol';
const CHARGE = 'metering/instantiation-charge';
const DISK = 'store/disk-cache';
const SEALED = 'store/sealed';

export const SHARED_MUTANTS = [
  // The same in both tiers, so that only vectors and the oracle detect them
  ...faults('static charges', METER, [
    ['metering-carried-free', 'this.#cost += this.#schedule.carriedValue * values;', ''],
    [
      'metering-locals-free',
      'this.#schedule.functionEntry + this.#schedule.zeroedLocal * this.declaredLocals',
      'this.#schedule.functionEntry',
    ],
    ['metering-entry-free', 'this.#schedule.functionEntry + this.#schedule', 'this.#schedule'],
    ['metering-plain-free', 'cost += prices[opcode];', ''],
    ['metering-control-free', 'this.#cost += prices[index];', ''],
    [
      'metering-branch-carries-free',
      'this.#carry(frames.branchTo(reader.u32()));',
      'frames.branchTo(reader.u32());',
      'case 12 /* Opcode.Br */:',
    ],
    [
      'metering-br-table-carries-free',
      'this.#carry(frames.branchTo(reader.u32()));',
      'frames.branchTo(reader.u32());',
      'case 14 /* Opcode.BrTable */:',
    ],
    ['metering-return-carries-free', 'this.#carry(frames.results[0]);', ''],
    [
      'metering-br-table-targets-one',
      'frames.branchTo(reader.u32());',
      'reader.u32();',
      'case 14 /* Opcode.BrTable */:',
    ],
    ['metering-dead-then-live-behind', 'this.#else(false);', 'this.#else(true);'],
    [
      'metering-missing-else-dead',
      'this.#cut();\n                return true;',
      'this.#cut();\n                return live || reached;',
    ],
    ['metering-else-end-reached-forgotten', 'if (live)\n            frames.reached[at] = 1;', ''],
  ]),
  ...faults('static charges', 'metering/live-frames', [
    [
      'metering-loop-reached-like-block',
      'if (this.kinds[at] === 2 /* FrameKind.Loop */)\n            return this.params[at];',
      '',
    ],
  ]),
  ...faults('charges by data', 'metering/schedule', [
    ['metering-dynamic-rounded-down', 'remainder === 0 ? quotient : quotient + 1', 'quotient'],
    ['metering-dynamic-without-base', 'rate.base + (remainder', '(remainder'],
    ['metering-dynamic-without-factor', 'n * rate.a', 'n'],
  ]),
  ...faults('charges by data', CHARGE, [
    ['instantiation-base-free', 'let sum = prices.base;', 'let sum = 0;'],
    ['instantiation-pages-free', 'sum += dynamicCharge(schedule.rates.memoryGrow, memory.min);', ''],
    ['instantiation-table-free', 'sum += dynamicCharge(prices.table, table.min);', ''],
    ['instantiation-global-free', 'sum += dynamicCharge(prices.global, lengthOf(global.init));', ''],
    ['instantiation-data-free', 'sum += dynamicCharge(prices.activeData, lengthOf(segment.bytes));', ''],
    ['instantiation-elements-free', 'sum += dynamicCharge(prices.activeElement, segment.length);', ''],
    [
      'instantiation-offset-free',
      'sum += dynamicCharge(prices.offsetExpression, lengthOf(segment.offsetExpression));',
      '',
      'of module.data)',
    ],
  ]),
  ...faults('stack words', METER, [
    ['metering-frame-without-fixed-words', 'this.maxHeight + FRAME_WORDS', 'this.maxHeight'],
    ['metering-frame-without-parameters', 'type.params.length + this.declaredLocals', 'this.declaredLocals'],
    ['metering-frame-without-locals', 'length + this.declaredLocals + this', 'length + this'],
    ['metering-frame-without-height', 'this.declaredLocals + this.maxHeight +', 'this.declaredLocals +'],
    ['metering-height-without-results', 'if (this.#height > this.maxHeight)', 'if (false)', '#call(typeIndex) {'],
    ['metering-height-of-plain-unseen', 'if (height > maxHeight)', 'if (false)'],
  ]),
  ...faults('stack words', GAUGE, [
    ['gauge-host-call-takes-no-words', 'this.wordsLeft -= HOST_CALL_WORDS;', ''],
    ['gauge-host-call-keeps-words', 'this.wordsLeft += HOST_CALL_WORDS;', ''],
    ['gauge-host-call-keeps-nesting', 'this.nestingLeft += 1;', ''],
    ['gauge-nesting-unlimited', ' || this.nestingLeft < 1', ''],
    ['gauge-host-words-off-by-one', 'this.wordsLeft < HOST_CALL_WORDS ||', 'this.wordsLeft <= HOST_CALL_WORDS ||'],
  ]),
  ...faults('reset and reuse', GAUGE, [
    ['gauge-words-not-reset', 'this.wordsLeft = this.limits.stackWords;', ''],
    ['gauge-nesting-not-reset', 'this.nestingLeft = this.limits.hostNesting;', ''],
    ['gauge-stop-not-reset', 'this.stop = undefined;', ''],
    ['gauge-instantiate-not-reset', 'this.#instantiate = 0;', '', 'reset(fuelLimit) {'],
    ['gauge-host-not-reset', 'this.#host = 0;', '', 'reset(fuelLimit) {'],
    ['gauge-boundary-not-reset', 'this.#boundary = 0;', '', 'reset(fuelLimit) {'],
    ['gauge-limit-of-before', 'this.fuelLimit = fuelLimit;', 'this.fuelLimit ||= fuelLimit;'],
  ]),
  ...faults('reset and reuse', 'machine/store', [
    [
      'store-log-not-reset',
      'this.log = new HostCallLog(this.linesKept, this.hash);',
      ';',
      'beginCall(fuelLimit, fuelAllowed = fuelLimit) {',
    ],
  ]),
  ...faults('reset and reuse', 'engine/call/seat', [
    ['seat-constants-not-compared', 'constants.every((byte, i) => byte === this.#constants[i])', 'true'],
    ['seat-rows-of-before', 'host.row = row;', ';'],
    ['seat-state-of-later-call', 'this.calls++;', ''],
  ]),
  ...faults('parts, log and receipt', GAUGE, [
    ['gauge-last-stop-kept', 'this.stop ??= stop;', 'this.stop = stop;'],
    ['gauge-charge-exact-fails', 'if (paid === units)', 'if (paid === units && this.fuelLeft > 0)'],
    ['gauge-instructions-exact-fail', 'if (units <= this.fuelLeft)', 'if (units < this.fuelLeft)'],
    ['gauge-residue-not-booked', 'this.#host += paid;', 'this.#host += paid === units ? paid : 0;'],
    ['gauge-host-booked-to-boundary', "else if (part === 'host')", "else if (part === 'boundary')"],
    [
      'gauge-start-booked-with-host',
      'this.#instantiate = this.fuelUsed - this.#host - this.#boundary;',
      'this.#instantiate = this.fuelUsed;',
    ],
  ]),
  ...faults('parts, log and receipt', HOST_FUNCTION, [
    ['host-call-uncharged', "if (!gauge.charge('host', baseFuel))", 'if (false)'],
    ['host-call-at-the-schedule-price', 'target.baseFuel ?? ', ''],
    [
      'host-call-charged-before-the-stack',
      'if (!gauge.enterHost())\n        return undefined;',
      "gauge.charge('host', 0); if (!gauge.enterHost()) { gauge.charge('host', 1); return undefined; }",
    ],
  ]),
  ...faults('parts, log and receipt', HOST_IMPORT, [
    ['import-line-unwritten', 'recorded?.inputHash ?? hash(input)', 'recorded?.inputHash ?? hash(NO_BYTES)'],
    ['import-output-unlogged', 'recorded?.outputHash ?? hash(valueBytes(type.results, results))', 'HASH_OF_NOTHING'],
    [
      'import-input-unlogged',
      'inputHash: recorded?.inputHash ?? hash(input), outputHash',
      'inputHash: HASH_OF_NOTHING, outputHash',
    ],
    ['import-record-unheard', 'recorded = { inputHash:', 'const unheard = { inputHash:'],
    ['import-line-at-the-end', 'log.end(line,', 'log.end(log.count - 1,'],
    ['import-answer-over-a-stop', 'gauge.stop ?? stopOf(answer)', 'stopOf(answer)'],
  ]),
  ...faults('parts, log and receipt', 'machine/host-call-log', [
    ['log-hash-without-modules', 'this.#gathered.text(module);', ''],
    ['log-hash-without-names', 'this.#gathered.text(name);', ''],
    ['log-hash-without-inputs', 'this.#gathered.raw(inputHash);', ''],
    ['log-hash-without-outputs', 'this.#gathered.raw(outputHash);', ''],
    ['log-hash-in-order-of-ends', 'if (place > 0 ||', 'if (false && place > 0 ||'],
  ]),
  ...faults('parts, log and receipt', VALUES, [
    ['receipt-input-without-constants', 'constants.length === 0 ?', 'true ?'],
    ['receipt-references-pass', 'if (!holdsReference(this.#type.results, outcome.results))', 'if (true)'],
  ]),
  ...faults('parts, log and receipt', ATTEMPT, [
    [
      'receipt-output-of-no-bytes',
      'hash(stop === undefined ? protocol.outputBytes(answer) : payloadOf(stop))',
      'hash(stop === undefined ? NO_BYTES : payloadOf(stop))',
    ],
    [
      'receipt-payload-of-no-bytes',
      "return stop.kind === 'short-circuited' ? stop.payload : NO_BYTES;",
      'return NO_BYTES;',
    ],
    ['receipt-pages-at-the-start', 'instance?.memory?.pages ?? 0', 'metered.module.memories[0]?.min ?? 0'],
    ['receipt-of-another-limit', 'limits: limits.hash', 'limits: metered.schedule.hash'],
    ['digest-of-a-later-call', 'calls === seat.calls ?', 'true ?'],
  ]),
  ...faults('parts, log and receipt', 'engine/receipt/receipt-bytes', [
    [
      'receipt-parts-swapped',
      'bytes.u53(receipt.fuel.parts.instantiate);\n    bytes.u53(receipt.fuel.parts.guest);',
      'bytes.u53(receipt.fuel.parts.guest);\n    bytes.u53(receipt.fuel.parts.instantiate);',
    ],
    ['receipt-code-unwritten', 'bytes.text(codeOfOutcome(receipt.outcome));', "bytes.text('');"],
  ]),
  ...faults('parts, log and receipt', 'engine/call/byte-guest', [
    [
      'bytes-in-free',
      "this.instance.store.gauge.charge('boundary', dynamicCharge(rate, lengthBytes))",
      "this.instance.store.gauge.charge('boundary', 0)",
    ],
    ['bytes-booked-to-host', "gauge.charge('boundary'", "gauge.charge('host'"],
    ['bytes-out-at-rate-of-in', 'this.#rates = [boundaryIn, boundaryOut];', 'this.#rates = [boundaryIn, boundaryIn];'],
  ]),
  // Second runs
  ...faults('second run', TRANSCRIPT, [
    ['transcript-from-the-start', 'this.#earlier[this.#begun]', 'this.#earlier[0]'],
    ['transcript-one-late', 'this.#earlier[this.#begun]', 'this.#earlier[this.#begun + 1]'],
    ['transcript-never-used', 'known?.answered !== undefined', 'false'],
    ['transcript-input-unchecked', ' && sameBytes(known.input, input)', ''],
    ['transcript-name-unchecked', ' && known.name === name && ', ' && '],
    ['transcript-used-behind-a-gap', 'this.#matches &&= isSame', 'this.#matches || isSame'],
  ]),
  ...faults('second run', HOST_IMPORT, [
    ['transcript-charge-not-made-again', 'call.charge(step.units);', ';'],
    ['transcript-write-not-made-again', 'call.memory?.write(step.offset, step.bytes);', ';'],
    ['transcript-call-not-made-again', 'call.call(step.exportName, step.args);', ';'],
    ['transcript-record-not-made-again', 'record(step);', ';'],
    ['transcript-record-not-kept', 'run.transcript.recorded(transcript, recorded);', ';'],
    ['transcript-answer-not-kept', 'run.transcript.ended(answer, gauge.stop !== undefined);', ''],
  ]),
  ...faults('second run', 'engine/imports/open-host-call', [
    ['transcript-charge-not-kept', "this.#run.transcript.did({ kind: 'charge', units });", ''],
    ['transcript-write-not-kept', "this.#run.transcript.did({ kind: 'write', offset, bytes: given });", ''],
    ['transcript-write-kept-by-reference', 'bytes: given });', 'bytes });', "kind: 'write'"],
    ['transcript-call-not-kept', "this.#run.transcript.did({ kind: 'call', exportName, args: given });", ''],
  ]),
  ...faults('parts, log and receipt', 'engine/imports/open-host-call', [
    ['import-charge-unbooked', 'return context.charge(units);', 'return true;'],
  ]),
  ...faults('second run', LOADED, [
    ['second-run-without-transcript', 'earlier.again()', 'new HostTranscript(this.#kept.hostAnswerBytes)'],
    [
      'second-run-in-the-same-tier',
      'this.#programs.reference()',
      'this.#programs.current',
      '#again(asked, earlier, observer) {',
    ],
  ]),
  // Caches
  ...faults('caches', DISK, [
    ['disk-name-without-module', 'toHex(key.module)', "''"],
    ['disk-name-without-schedule', 'toHex(key.schedule)', "''"],
    ['disk-name-without-limits', 'toHex(key.limits)', "''"],
    ['disk-name-without-version', 'toHex(this.#version)', "''"],
    ['disk-name-without-kind', "key.kind === 'valid' ? [key.kind] : [key.kind, ", "key.kind === 'valid' ? [] : ["],
    ['disk-name-without-form', 'key.form', "''"],
  ]),
  ...faults('caches', SEALED, [
    ['sealed-mac-unchecked', 'if (!isSameSeal(mac(bytes.subarray(0, end)), bytes.subarray(end)))', 'if (false)'],
    ['sealed-mac-of-the-content-alone', 'mac(bytes.subarray(0, end))', 'mac(bytes.subarray(16, end))'],
    ['sealed-mac-without-key', 'return hostMac(key);', 'return hostMac(new Uint8Array(32));'],
    ['sealed-name-unchecked', 'isSameSeal(bytes.subarray(HEAD_BYTES, HEAD_BYTES + name.length), name);', 'true;'],
    ['sealed-last-byte-uncompared', 'i < a.length; i++', 'i < a.length - 1; i++'],
    ['sealed-difference-forgotten', 'difference |= ', 'difference = '],
  ]),
  ...faults('caches', 'engine/engine', [
    ['engine-keeps-the-callers-bytes', 'const own = new Uint8Array(bytes);', 'const own = bytes;'],
    ['engine-program-of-another-module', 'const key = toHex(identity);', 'const key = toHex(identity).slice(0, 0);'],
  ]),
  ...faults('caches', 'engine/load/program-cache', [
    ['program-cache-last-words-uncompared', 'i < words; i++', 'i < words - 1; i++'],
    ['program-cache-last-bytes-uncompared', 'i < a.length; i++', 'i < a.length - 1; i++'],
  ]),
  ...faults('caches', 'engine/load/module-artefacts', [
    ['artefact-of-another-schedule', 'schedule: schedule.hash,', 'schedule: identity,'],
    [
      'artefact-of-other-limits',
      "kind: 'valid', module: identity, limits: limits.hash",
      "kind: 'valid', module: identity, limits: identity",
    ],
    ['artefact-of-another-module', "kind: 'valid', module: identity,", "kind: 'valid', module: limits.hash,"],
    ['artefact-believed-whatever-it-says', 'sameBytes(kept, identity)', 'true'],
  ]),
  ...faults('caches', 'engine/call/idle-seats', [
    ['idle-seat-stays-in-use', 'this.all.remove(idle);', '', 'take(program, linkage) {'],
  ]),
  ...faults('caches', 'instrumented/rewritten-form', [
    ['rewritten-form-forgets-tables', 'const facts = { ...rest,', 'const facts = { ...rest, changesTables: false,'],
    ['rewritten-form-forgets-references', 'const facts = { ...rest,', 'const facts = { ...rest, referred: [],'],
    ['rewritten-form-forgets-globals', 'globalImports: [...globalImports]', 'globalImports: []'],
  ]),
];
