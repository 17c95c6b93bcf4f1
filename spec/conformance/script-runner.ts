/**
 * Runs one script of the suite, command by command, and counts results. With an engine it runs everything; without one
 * it only loads: every module must load or be refused as the suite expects, and commands that need execution are not
 * counted.
 */
import { FAULTS, type LoadFault, type TrapCode } from '../../src/base/fault.js';
import { defineLimits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import type { CallAnswer, ConformanceEngine, InstantiateAnswer } from './engine.js';
import { byLine, type Expectations, patched, type SkippedModule } from './expectations.js';
import { type Action, type Command, meets, suiteValue, suiteValueText } from './script.js';
import { spectestBytes } from './spectest.js';

/** The limits of the suite: the defaults, except for memories as large as the language allows. */
export const SUITE_LIMITS = defineLimits('conformance', { pages: 65_536, tableElements: 10_000_000 });

export interface Failure {
  readonly line: number;
  readonly command: string;
  readonly reason: string;
}

export interface ScriptResult {
  readonly file: string;
  passed: number;
  failed: number;
  skipped: number;
  /** Modules in the text format, which an engine for the binary format does not read. */
  text: number;
  /** Commands that need execution, when there is no engine. */
  unexecuted: number;
  readonly passedByType: Record<string, number>;
  readonly failures: Failure[];
}

/** The suite's trap messages; some are followed by an index. */
const TRAP_TEXTS: Readonly<Record<string, TrapCode>> = {
  unreachable: 'unreachable',
  'integer divide by zero': 'integer-divide-by-zero',
  'integer overflow': 'integer-overflow',
  'invalid conversion to integer': 'invalid-conversion-to-integer',
  'out of bounds memory access': 'out-of-bounds-memory-access',
  'out of bounds table access': 'out-of-bounds-table-access',
  'undefined element': 'undefined-element',
  'uninitialized element': 'uninitialized-element',
  'indirect call type mismatch': 'indirect-call-type-mismatch',
};

/** Returns the fault of a module, regardless of its imports. */
export function loadFaultOf(bytes: Uint8Array): LoadFault | undefined {
  const loaded = validate(decode(bytes, SUITE_LIMITS), SUITE_LIMITS);
  return loaded.ok ? undefined : loaded.fault;
}

/** The result of one command: undefined if it passed. */
type Verdict = string | undefined | 'skipped' | 'unexecuted';

/** Marks a module that was refused and everything that depends on it. */
const REFUSED = Symbol('refused module');

export class ScriptRunner {
  readonly result: ScriptResult;
  readonly #engine: ConformanceEngine | undefined;
  readonly #registered = new Map<string, object>();
  readonly #named = new Map<string, object | typeof REFUSED>();
  #last: object | typeof REFUSED | undefined;
  readonly #skippedModules: ReturnType<typeof byLine<Expectations['skippedModules'][number]>>;
  readonly #refusedAs: ReturnType<typeof byLine<Expectations['refusedAs'][number]>>;
  readonly #acceptedBy: ReturnType<typeof byLine<Expectations['acceptedBy'][number]>>;

  constructor(file: string, engine: ConformanceEngine | undefined, expectations: Expectations) {
    this.result = {
      file,
      passed: 0,
      failed: 0,
      skipped: 0,
      text: 0,
      unexecuted: 0,
      passedByType: {},
      failures: [],
    };
    this.#engine = engine;
    this.#skippedModules = byLine(expectations.skippedModules, file);
    this.#refusedAs = byLine(expectations.refusedAs, file);
    this.#acceptedBy = byLine(expectations.acceptedBy, file);
    if (engine !== undefined) this.#registerSpectest(engine);
  }

  #registerSpectest(engine: ConformanceEngine): void {
    const answer = engine.instantiate(spectestBytes(), new Map());
    if (answer.kind !== 'instantiated') throw new Error(`the module spectest is ${answerText(answer)}`);
    this.#registered.set('spectest', answer.instance);
  }

  run(commands: readonly Command[]): ScriptResult {
    const lines = new Set(commands.map(({ line }) => line));
    for (const command of commands) this.#count(command, this.#verdictOf(command));
    for (const list of [this.#skippedModules, this.#refusedAs, this.#acceptedBy])
      for (const line of list.keys())
        if (!lines.has(line)) this.#fail(line, 'skips.json', 'an entry names a line without a command');
    return this.result;
  }

  #verdictOf(command: Command): Verdict | 'text' {
    if (command.module_type === 'text') return 'text';
    try {
      return this.#verdictOfType(command);
    } catch (error) {
      return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
  }

  #count(command: Command, verdict: Verdict | 'text'): void {
    const { result } = this;
    if (verdict === undefined) {
      result.passed++;
      result.passedByType[command.type] = (result.passedByType[command.type] ?? 0) + 1;
    } else if (verdict === 'skipped') result.skipped++;
    else if (verdict === 'text') result.text++;
    else if (verdict === 'unexecuted') result.unexecuted++;
    else this.#fail(command.line, command.type, verdict);
  }

  #fail(line: number, command: string, reason: string): void {
    this.result.failed++;
    this.result.failures.push({ line, command, reason });
  }

  #verdictOfType(command: Command): Verdict {
    switch (command.type) {
      case 'module':
        return this.#module(command);
      case 'register':
        return this.#register(command);
      case 'action':
      case 'assert_return':
      case 'assert_trap':
      case 'assert_exhaustion':
        return this.#act(command);
      case 'assert_malformed':
        return this.#assertFault(command, 'malformed');
      case 'assert_invalid':
        return this.#assertFault(command, 'invalid');
      case 'assert_unlinkable':
      case 'assert_uninstantiable':
        return this.#assertNotInstantiated(command);
      default:
        return `this suite knows no command ${command.type}`;
    }
  }

  #module(command: Command): Verdict {
    const bytes = bytesOf(command);
    const skip = this.#skippedModules.get(command.line);
    if (skip !== undefined) return this.#skippedModule(command, bytes, loadFaultOf(bytes), skip);
    return this.#instantiate(command, bytes);
  }

  #skippedModule(command: Command, bytes: Uint8Array, fault: LoadFault | undefined, skip: SkippedModule): Verdict {
    this.#setModule(command.name, REFUSED);
    if (fault?.code !== skip.reason)
      return `skips.json says ${skip.reason}, but the module is ${fault === undefined ? 'valid' : fault.code}`;
    if (skip.patch === undefined) return 'skipped';
    const verdict = this.#instantiate(command, patched(bytes, skip.patch));
    return verdict === undefined ? 'skipped' : `with its patch: ${verdict}`;
  }

  #instantiate(command: Command, bytes: Uint8Array): Verdict {
    const fault = loadFaultOf(bytes);
    if (fault !== undefined) {
      this.#setModule(command.name, REFUSED);
      return faultText(fault);
    }
    if (this.#engine === undefined) return undefined;
    const answer = this.#engine.instantiate(bytes, this.#registered);
    if (answer.kind !== 'instantiated') return answerText(answer);
    this.#setModule(command.name, answer.instance);
    return undefined;
  }

  #setModule(name: string | undefined, instance: object | typeof REFUSED): void {
    this.#last = instance;
    if (name !== undefined) this.#named.set(name, instance);
  }

  #target(name: string | undefined): object | typeof REFUSED {
    const target = name === undefined ? this.#last : this.#named.get(name);
    if (target === undefined) throw new Error(`there is no module ${name ?? 'yet'}`);
    return target;
  }

  #register(command: Command): Verdict {
    if (this.#engine === undefined) return 'unexecuted';
    const instance = this.#target(command.name);
    if (instance === REFUSED) return 'skipped';
    if (command.as === undefined) throw new Error('register without a name');
    this.#registered.set(command.as, instance as object);
    return undefined;
  }

  #act(command: Command): Verdict {
    if (this.#engine === undefined) return 'unexecuted';
    const { action } = command;
    if (action === undefined) throw new Error('a command without its action');
    const instance = this.#target(action.module);
    if (instance === REFUSED) return 'skipped';
    return checkAnswer(command, perform(this.#engine, instance as object, action));
  }

  #assertFault(command: Command, kind: 'malformed' | 'invalid'): Verdict {
    const fault = loadFaultOf(bytesOf(command));
    const accepted = this.#acceptedBy.get(command.line);
    if (accepted !== undefined)
      return fault === undefined ? undefined : `skips.json says accepted by ${accepted.feature}: ${faultText(fault)}`;
    if (fault === undefined) return `valid, but the suite says ${kind}: ${command.text}`;
    const refused = this.#refusedAs.get(command.line);
    if (refused !== undefined)
      return fault.code === refused.code ? undefined : `skips.json says ${refused.code}: ${faultText(fault)}`;
    return fault.kind === kind ? undefined : `${faultText(fault)}, but the suite says ${kind}: ${command.text}`;
  }

  #assertNotInstantiated(command: Command): Verdict {
    const bytes = bytesOf(command);
    const fault = loadFaultOf(bytes);
    if (fault !== undefined) {
      const skip = this.#skippedModules.get(command.line);
      return skip !== undefined && skip.reason === fault.code ? 'skipped' : faultText(fault);
    }
    if (this.#engine === undefined) return undefined;
    const answer = this.#engine.instantiate(bytes, this.#registered);
    if (command.type === 'assert_uninstantiable') return checkTrap(command, answer);
    const isMet = answer.kind === 'fault' && answer.fault.kind === 'unlinkable';
    return isMet ? undefined : `${answerText(answer)}, but the suite says unlinkable: ${command.text}`;
  }
}

function bytesOf(command: Command): Uint8Array {
  if (command.bytes === undefined) throw new Error('a command without its module');
  return new Uint8Array(Buffer.from(command.bytes, 'base64'));
}

function perform(engine: ConformanceEngine, instance: object, action: Action): CallAnswer {
  if (action.type === 'get') return { kind: 'returned', values: [engine.get(instance, action.field)] };
  return engine.invoke(instance, action.field, (action.args ?? []).map(suiteValue));
}

function checkAnswer(command: Command, answer: CallAnswer): Verdict {
  switch (command.type) {
    case 'assert_trap':
      return checkTrap(command, answer);
    case 'assert_exhaustion':
      return answer.kind === 'exhausted' ? undefined : `${answerText(answer)}, but the suite says ${command.text}`;
    case 'action':
      return answer.kind === 'returned' ? undefined : answerText(answer);
    default:
      return checkReturn(command, answer);
  }
}

function checkReturn(command: Command, answer: CallAnswer): Verdict {
  if (answer.kind !== 'returned') return answerText(answer);
  const expected = command.expected ?? [];
  const { values } = answer;
  if (values.length === expected.length && values.every((value, i) => meets(value, expected[i]!))) return undefined;
  const texts = expected.map(({ type, value }) => `${type}:${String(value)}`);
  return `returned ${values.map(suiteValueText).join(' ')}, but the suite says ${texts.join(' ')}`;
}

function checkTrap(command: Command, answer: CallAnswer | InstantiateAnswer): Verdict {
  const text = command.text ?? '';
  const code = TRAP_TEXTS[text.replace(/ \d+$/, '')];
  if (code === undefined) return `this suite knows no trap '${text}'`;
  return answer.kind === 'trapped' && answer.code === code
    ? undefined
    : `${answerText(answer)}, but the suite says ${text}`;
}

function faultText(fault: LoadFault): string {
  const detail = fault.detail === undefined ? '' : `, ${fault.detail}`;
  return `${fault.kind} ${fault.code} at ${fault.offset}${detail} (${FAULTS[fault.code].text})`;
}

function answerText(answer: CallAnswer | InstantiateAnswer): string {
  switch (answer.kind) {
    case 'returned':
      return `returned ${answer.values.map(suiteValueText).join(' ')}`;
    case 'trapped':
      return `trapped ${answer.code}`;
    case 'exhausted':
      return `exhausted ${answer.resource}`;
    case 'instantiated':
      return 'instantiated';
    case 'fault':
      return faultText(answer.fault);
  }
}
