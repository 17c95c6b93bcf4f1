/**
 * The phases of one module in a fresh process, once each, as JSON: `node --expose-gc phases-child.js WAY FILE EXPORT
 * TIMES ARGS...`. The phases are defined in bench/peers/src/phases.rs.
 */
import { readFileSync } from 'node:fs';
import { WebAssembly as PolyWebAssembly } from 'polywasm';
import { hash } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { Seat } from '../../src/engine/call/seat.js';
import { CallRun } from '../../src/engine/imports/call-run.js';
import { isDeclined } from '../../src/instrumented/declined.js';
import { learnHost } from '../../src/instrumented/host.js';
import { instrumentedProgram } from '../../src/instrumented/program.js';
import { rewrite } from '../../src/instrumented/rewrite.js';
import { decodeRewritten, encodeRewritten } from '../../src/instrumented/rewritten-form.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Program } from '../../src/machine/program.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { macOf, seal, unseal } from '../../src/store/sealed.js';
import { validate } from '../../src/validate/validate.js';
import { typeOfFunction } from '../../src/wasm/module.js';
import { ValueType } from '../../src/wasm/types.js';
import { f32, f64, i32, i64, type NumberValue, parseValue, printValue, toNumber } from '../../src/wasm/value.js';
import { decoded, idleImports, idleWebImports } from '../boot-modules.js';
import { median, timed } from '../time.js';
import type { PhaseReport, Phases } from './phase-report.js';

/** Batches of repeated calls, of which the median counts: during the first V8 compiles our own code. */
const BATCHES = 5;

interface Asked {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly exportName: string;
  readonly times: number;
  readonly args: readonly NumberValue[];
}

type Step = <T>(name: keyof Phases, work: () => T) => T;

/** An instance and its call, which can be repeated. */
interface Callable {
  instantiate(): () => readonly NumberValue[];
}

function reportOf(engine: string, { times }: Asked, work: (step: Step) => Callable): PhaseReport {
  const phases: Record<string, number> = {};
  const step: Step = (name, phase) => {
    let result!: ReturnType<typeof phase>;
    phases[name] = timed(() => {
      result = phase();
    }).ms;
    return result;
  };
  const callable = work(step);
  const call = step('instantiate', () => callable.instantiate());
  const results = step('call', call);
  if (times > 0) {
    const batches = Array.from({ length: BATCHES }, () =>
      timed(() => {
        for (let i = 0; i < times; i++) callable.instantiate()();
      }),
    );
    phases['again'] = median(batches.map(({ ms }) => ms)) / times;
  }
  return { engine, results: results.map(printValue), phases: phases as unknown as Phases };
}

function parsed(bytes: Uint8Array) {
  const valid = validate(decode(bytes, LIMITS_1), LIMITS_1);
  if (!valid.ok) throw new Error(valid.fault.code);
  return valid.value;
}

function onInterpreter(asked: Asked): PhaseReport {
  return reportOf('Assay, interpreter', asked, (step) => {
    const module = step('parse', () => parsed(asked.bytes));
    const program = step('compile', () => interpreterProgram(meter(module, FUEL_1)));
    return seated(program, asked);
  });
}

function onInstrumented(asked: Asked): PhaseReport {
  const host = learnHost();
  if ('unfit' in host) throw new Error(host.unfit);
  let savedBytes = 0;
  const report = reportOf('Assay, instrumented', asked, (step) => {
    const module = step('parse', () => parsed(asked.bytes));
    const made = (metered: MeteredModule, rewritten: ReturnType<typeof rewrite>) => {
      const program = instrumentedProgram(metered, host, rewritten);
      if (isDeclined(program)) throw new Error(program.detail);
      return program;
    };
    const { metered, rewritten, program } = step('compile', () => {
      const metered = meter(module, FUEL_1);
      const rewritten = rewrite(metered, 'own');
      return { metered, rewritten, program: made(metered, rewritten) };
    });
    const mac = macOf(new Uint8Array(32));
    const name = hash(asked.bytes);
    const sealed = step('save', () => seal(mac, name, encodeRewritten(rewritten)));
    savedBytes = sealed.length;
    // As the engine loads from disk: the module is hashed and decoded, but neither validated nor rewritten.
    step('load', () => {
      decode(asked.bytes, LIMITS_1);
      return made(metered, decodeRewritten(unseal(mac, hash(asked.bytes), sealed)!)!);
    });
    return seated(program, asked);
  });
  return { ...report, phases: { ...report.phases, savedBytes } };
}

/** As the engine calls, without a receipt: the next instance reuses the last one if possible. */
function seated(program: Program, { exportName, args }: Asked): Callable {
  const { module } = program.metered;
  const imports = idleImports(module);
  const linkage = { imports, rows: imports, constants: new Uint8Array(0), hosts: new Uint8Array(32) };
  const item = module.exports.find(({ kind, name }) => kind === 'function' && name === exportName);
  if (item === undefined) throw new Error(`no export ${exportName}`);
  const { index } = item;
  const types = typeOfFunction(module, index).results;
  const bits = args.map((value) => value.bits);
  let seat: Seat | undefined;
  return {
    instantiate: () => {
      if (seat?.isReusable !== true) seat = new Seat(program, LIMITS_1, linkage);
      const instance = seat.begin(Number.MAX_SAFE_INTEGER, linkage, new CallRun(seat.store, new Map()))!;
      return () => {
        const outcome = instance.invoke(index, bits);
        seat!.end();
        if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
        return outcome.results.map((result, i) => numberOf(types[i], result));
      };
    },
  };
}

function numberOf(type: number, bits: number | bigint): NumberValue {
  const [narrow, wide] = [() => Number(bits) >>> 0, () => BigInt.asUintN(64, BigInt(bits))];
  switch (type) {
    case ValueType.I32:
      return { type: 'i32', bits: narrow() };
    case ValueType.F32:
      return { type: 'f32', bits: narrow() };
    case ValueType.I64:
      return { type: 'i64', bits: wide() };
    default:
      return { type: 'f64', bits: wide() };
  }
}

const NUMBERS: ReadonlyMap<number, (result: number | bigint) => NumberValue> = new Map<
  number,
  (result: number | bigint) => NumberValue
>([
  [ValueType.I32, (result) => i32(Number(result))],
  [ValueType.I64, (result) => i64(BigInt.asUintN(64, BigInt(result)))],
  [ValueType.F32, (result) => f32(Number(result))],
  [ValueType.F64, (result) => f64(Number(result))],
]);

function onWeb(engine: string, host: typeof WebAssembly, asked: Asked): PhaseReport {
  const { bytes, exportName, args } = asked;
  const module = decoded(bytes.slice());
  const imports = idleWebImports(module);
  const item = module.exports.find(({ kind, name }) => kind === 'function' && name === exportName);
  if (item === undefined) throw new Error(`no export ${exportName}`);
  const [type] = typeOfFunction(module, item.index).results;
  const given = args.map(toNumber);
  return reportOf(engine, asked, (step) => {
    if (host === WebAssembly) step('parse', () => WebAssembly.validate(bytes));
    const compiled = step('parseAndCompile', () => new host.Module(bytes));
    return {
      instantiate: () => {
        const { exports } = new host.Instance(compiled, imports);
        const call = exports[exportName] as (...args: (number | bigint)[]) => number | bigint;
        return () => {
          const result = call(...given);
          return type === undefined ? [] : [NUMBERS.get(type)!(result)];
        };
      },
    };
  });
}

const WAYS: Readonly<Record<string, (asked: Asked) => PhaseReport>> = {
  interpreter: onInterpreter,
  instrumented: onInstrumented,
  WebAssembly: (asked) => onWeb(`V8 ${process.versions.v8}`, WebAssembly, asked),
  polywasm: (asked) => onWeb('polywasm', PolyWebAssembly as unknown as typeof WebAssembly, asked),
};

function main(): PhaseReport {
  const [way, file, exportName, times, ...args] = process.argv.slice(2);
  const asked = {
    bytes: new Uint8Array(readFileSync(file)),
    exportName,
    times: Number(times),
    args: args.map((text) => {
      const read = parseValue(text);
      if (!read.ok || 'ref' in read.value) throw new Error(`${text} is no number`);
      return read.value;
    }),
  };
  globalThis.gc!();
  return WAYS[way](asked);
}

process.stdout.write(JSON.stringify(main()));
