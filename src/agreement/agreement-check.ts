/**
 * What a module author wants of a module, checked call by call: all nodes agree, repeats agree, nothing traps, nothing
 * costs more than a bound. Collects what a report shows; the first failure of a property is kept.
 */
import type { AgreementCall, AgreementModule } from './agreement-call.js';
import { callText, inputOf } from './agreement-call.js';
import { explainDisagreement } from './explain-disagreement.js';
import { askNodes } from './find-disagreement.js';
import type { AgreementNode } from './node.js';
import { answerText, type NodeAnswer, type ReceiptAnswer } from './node-answer.js';
import { outcomeKey } from './outcome-key.js';
import type { Replay } from './replay-file.js';

export type PropertyName = 'agreement' | 'determinism' | 'no-trap' | 'fuel-bound' | 'no-unresolved-loop' | 'own';

export interface PropertyResult {
  readonly name: PropertyName;
  /** Calls for which it was checked. */
  readonly checked: number;
  /** What was wrong with the first one that failed, and the call. */
  readonly failure: string | undefined;
}

export interface CheckOptions {
  /** No call may use more fuel. Default: no bound but the fuel limit of the calls. */
  readonly fuelMax?: number;
  /** Traps, breaches and exhaustion are failures. Default true. */
  readonly noTrap?: boolean;
  /** An own property of the first node's answer: what is wrong, or undefined. */
  readonly own?: (answer: ReceiptAnswer, call: AgreementCall) => string | undefined;
}

export interface NodeReport {
  readonly name: string;
  readonly runtime: string;
  /** Answers that it gave, repeats included; a folder of receipts knows only some. */
  readonly answers: number;
}

export interface CheckReport {
  readonly nodes: readonly NodeReport[];
  readonly calls: number;
  readonly properties: readonly PropertyResult[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  /** The dearest call: its fuel and, in hexadecimal, its input. */
  readonly worst: { readonly fuel: number; readonly call: AgreementCall } | undefined;
  readonly replay: Replay | undefined;
  readonly ok: boolean;
}

export class AgreementCheck {
  readonly #nodes: readonly AgreementNode[];
  readonly #module: AgreementModule;
  readonly #options: CheckOptions;
  readonly #checked = new Map<PropertyName, number>();
  readonly #failures = new Map<PropertyName, string>();
  readonly #outcomes = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();
  readonly #answers = new Map<AgreementNode, number>();
  #calls = 0;
  #worst: CheckReport['worst'];
  #replay: Replay | undefined;

  /** @param explains whether a disagreement is made small and localised, which takes many calls */
  constructor(
    nodes: readonly AgreementNode[],
    module: AgreementModule,
    options: CheckOptions = {},
    readonly explains = true,
  ) {
    this.#nodes = nodes;
    this.#module = module;
    this.#options = options;
  }

  get calls(): number {
    return this.#calls;
  }

  /** Asks every node twice and checks every property. Answers what is wrong with the first call at fault, if any. */
  async check(calls: readonly AgreementCall[]): Promise<string | undefined> {
    const twice = [...calls, ...calls];
    const { answers, disagreement } = await askNodes(this.#nodes, this.#module, twice);
    for (const [at, node] of this.#nodes.entries()) {
      const given = answers[at]!.filter(({ kind }) => kind !== 'none').length;
      this.#answers.set(node, (this.#answers.get(node) ?? 0) + given);
    }
    const own = answers[0]!.slice(0, calls.length);
    this.#count('agreement', calls.length);
    this.#count('determinism', calls.length);
    let failure: string | undefined;
    if (disagreement !== undefined) {
      const { left, right, difference, call } = disagreement;
      const text = `${left.name} and ${right.name} differ in ${difference.field} on ${callText(twice[call]!)}`;
      // In the second half a node may differ from itself.
      const isRepeat = call >= calls.length;
      failure = this.#fail(isRepeat ? 'determinism' : 'agreement', text);
      if (this.explains) this.#replay ??= await explainDisagreement(disagreement, this.#module, twice);
    }
    for (const [at, call] of calls.entries()) {
      const told = this.#checkAnswer(call, own[at]!);
      failure ??= told;
    }
    return failure;
  }

  /** Notes what another search found of a property. */
  note(name: PropertyName, checked: number, failure: string | undefined): void {
    this.#count(name, checked);
    if (failure !== undefined) this.#fail(name, failure);
  }

  keepWorst(seen: NonNullable<CheckReport['worst']>): void {
    if (this.#worst === undefined || seen.fuel > this.#worst.fuel) this.#worst = seen;
  }

  async report(): Promise<CheckReport> {
    const nodes = await Promise.all(
      this.#nodes.map(async (node) => ({
        name: node.name,
        runtime: await node.describe().catch(String),
        answers: this.#answers.get(node) ?? 0,
      })),
    );
    const properties = [...this.#checked].map(([name, checked]) => ({
      name,
      checked,
      failure: this.#failures.get(name),
    }));
    return {
      nodes,
      calls: this.#calls,
      properties,
      outcomes: Object.fromEntries(this.#outcomes),
      verdicts: Object.fromEntries(this.#verdicts),
      worst: this.#worst,
      replay: this.#replay,
      ok: this.#failures.size === 0,
    };
  }

  #checkAnswer(call: AgreementCall, answer: NodeAnswer): string | undefined {
    this.#calls++;
    increment(this.#outcomes, outcomeKey(answer));
    if (answer.kind !== 'receipt') {
      return this.#fail('agreement', `${callText(call)} has no receipt: ${answerText(answer)}`);
    }
    if (answer.verdict !== null) increment(this.#verdicts, /^no verdict|^\w+/.exec(answer.verdict)![0]);
    const { used } = answer.receipt.fuel;
    this.keepWorst({ fuel: used, call });
    return this.#checkTrap(call, answer) ?? this.#checkFuel(call, used) ?? this.#checkOwn(call, answer);
  }

  #checkTrap(call: AgreementCall, answer: ReceiptAnswer): string | undefined {
    if (this.#options.noTrap === false) return undefined;
    this.#count('no-trap', 1);
    const { kind } = answer.receipt.outcome;
    if (kind === 'returned' || kind === 'short-circuited') return undefined;
    return this.#fail('no-trap', `${callText(call)}: ${answerText(answer)}${inputText(call)}`);
  }

  #checkFuel(call: AgreementCall, used: number): string | undefined {
    const { fuelMax } = this.#options;
    if (fuelMax === undefined) return undefined;
    this.#count('fuel-bound', 1);
    if (used <= fuelMax) return undefined;
    return this.#fail('fuel-bound', `${callText(call)} used ${used}, the bound is ${fuelMax}${inputText(call)}`);
  }

  #checkOwn(call: AgreementCall, answer: ReceiptAnswer): string | undefined {
    const { own } = this.#options;
    if (own === undefined) return undefined;
    this.#count('own', 1);
    const wrong = own(answer, call);
    return wrong === undefined ? undefined : this.#fail('own', `${callText(call)}: ${wrong}${inputText(call)}`);
  }

  #count(name: PropertyName, count: number): void {
    this.#checked.set(name, (this.#checked.get(name) ?? 0) + count);
  }

  #fail(name: PropertyName, text: string): string {
    if (!this.#checked.has(name)) this.#count(name, 0);
    if (!this.#failures.has(name)) this.#failures.set(name, text);
    return text;
  }
}

const INPUT_DIGITS_MAX = 200;

function inputText(call: AgreementCall): string {
  const input = inputOf(call);
  if (input === '') return '';
  return `; input ${input.length > INPUT_DIGITS_MAX ? `${input.slice(0, INPUT_DIGITS_MAX)}…` : input}`;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
