/**
 * Checks the properties of a module or of zomes call by call: all nodes agree, repeats agree, nothing traps, nothing
 * costs more than a bound. Collects the facts of a report; the first failure of a property is kept.
 *
 * Invariant: every requested property is in the report, and passes only if it was checked on something that ran.
 */
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { callText, inputOf } from './agreement-call.js';
import { compareAnswers } from './compare-answers.js';
import { explainDisagreement } from './explain-disagreement.js';
import { type Asked, askNodes } from './find-disagreement.js';
import type { AgreementNode } from './node.js';
import {
  answerText,
  fuelOf,
  type NodeAnswer,
  type ReceiptAnswer,
  receiptsOf,
  type ValidationAnswer,
} from './node-answer.js';
import { outcomeKey } from './outcome-key.js';
import type { Replay } from './replay.js';

export type PropertyName = 'agreement' | 'determinism' | 'no-trap' | 'fuel-bound' | 'no-unresolved-loop' | 'own';

export interface PropertyResult {
  readonly name: PropertyName;
  /** Number of calls on which it was checked: those in which a guest ran, for `agreement` in two nodes. */
  readonly checked: number;
  /** What was wrong with the first one that failed, and the call; or that nothing was checked. */
  readonly failure: string | undefined;
}

export interface CheckOptions {
  /**
   * No call may use more fuel; for an op, all its guests together. Default: no bound except the fuel limit of the
   * calls.
   */
  readonly fuelMax?: number;
  /** Traps, breaches and exhaustion are failures. Default true. */
  readonly noTrap?: boolean;
  /** Your own check of the first node's result: returns what is wrong, or undefined. */
  readonly own?: (answer: ReceiptAnswer, call: AgreementCall) => string | undefined;
  /** The same for an op. */
  readonly ownOp?: (answer: ValidationAnswer, call: AgreementCall) => string | undefined;
}

export interface NodeReport {
  readonly name: string;
  readonly runtime: string;
  /** Number of results that it returned, including repeats; a folder of receipts has only some. */
  readonly answers: number;
  /** Number of guests that each tier has run; none for a node that does not report it. */
  readonly tiers: Readonly<Record<string, number>>;
}

export interface CheckReport {
  readonly nodes: readonly NodeReport[];
  readonly calls: number;
  readonly properties: readonly PropertyResult[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  /** The most expensive call: its fuel and, in hexadecimal, its input. */
  readonly worst: { readonly fuel: number; readonly call: AgreementCall } | undefined;
  readonly replay: Replay | undefined;
  /** The seed of the arbitrary, to make the same inputs again. */
  readonly seed?: number;
  readonly ok: boolean;
}

export class AgreementCheck {
  readonly #nodes: readonly AgreementNode[];
  readonly #module: AgreementSubject;
  readonly #options: CheckOptions;
  readonly #checked = new Map<PropertyName, number>();
  readonly #failures = new Map<PropertyName, string>();
  readonly #outcomes = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();
  readonly #answers = new Map<AgreementNode, number>();
  readonly #tiers = new Map<AgreementNode, Map<string, number>>();
  #calls = 0;
  #worst: CheckReport['worst'];
  #replay: Replay | undefined;

  /** @param explains whether a disagreement is reduced and localised, which takes many calls */
  constructor(
    nodes: readonly AgreementNode[],
    module: AgreementSubject,
    options: CheckOptions = {},
    readonly explains = true,
  ) {
    this.#nodes = nodes;
    this.#module = module;
    this.#options = options;
    for (const name of propertiesOf(options)) this.#checked.set(name, 0);
  }

  get calls(): number {
    return this.#calls;
  }

  /**
   * Runs the calls twice on every node and checks every property. Returns what is wrong with the first bad call, if
   * any.
   * @param onNode called when a node has returned its results
   */
  async check(calls: readonly AgreementCall[], onNode?: () => void): Promise<string | undefined> {
    const twice = [...calls, ...calls];
    const asked = await askNodes(this.#nodes, this.#module, twice, onNode);
    this.#countAnswers(asked, calls.length);
    let failure = await this.#checkDisagreement(asked, calls);
    for (const [at, call] of calls.entries()) {
      const given = asked.answers.find((ofNode) => ofNode[at].kind !== 'none');
      const told = given === undefined ? undefined : this.#checkAnswer(call, given[at]);
      failure ??= told;
    }
    return failure;
  }

  /** Records the result of another search for a property. */
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
        tiers: Object.fromEntries(this.#tiers.get(node) ?? []),
      })),
    );
    const properties = [...this.#checked].map(([name, checked]) => ({
      name,
      checked,
      failure: this.#failures.get(name) ?? this.#ranNothing(name, checked),
    }));
    return {
      nodes,
      calls: this.#calls,
      properties,
      outcomes: Object.fromEntries(this.#outcomes),
      verdicts: Object.fromEntries(this.#verdicts),
      worst: this.#worst,
      replay: this.#replay,
      ok: properties.every(({ failure }) => failure === undefined),
    };
  }

  #countAnswers({ answers }: Asked, length: number): void {
    for (const [at, node] of this.#nodes.entries()) {
      const given = answers[at].filter(({ kind }) => kind !== 'none');
      this.#answers.set(node, (this.#answers.get(node) ?? 0) + given.length);
      const tiers = this.#tiers.get(node) ?? new Map<string, number>();
      for (const { tier } of given.flatMap(receiptsOf)) if (tier !== undefined) increment(tiers, tier);
      this.#tiers.set(node, tiers);
    }
    for (let call = 0; call < length; call++) {
      const ran = answers.filter((ofNode) => receiptsOf(ofNode[call]).length > 0);
      this.#count('agreement', ran.length > 1 ? 1 : 0);
      this.#count('determinism', ran.some((ofNode) => receiptsOf(ofNode[call + length]).length > 0) ? 1 : 0);
    }
  }

  async #checkDisagreement(
    { answers, disagreement }: Asked,
    calls: readonly AgreementCall[],
  ): Promise<string | undefined> {
    const twice = [...calls, ...calls];
    let unsteady: string | undefined;
    for (const [at, node] of this.#nodes.entries()) {
      const call = calls.findIndex((_, index) => differ(answers[at], index, index + calls.length));
      if (call >= 0) unsteady ??= `${node.name} differs from itself on ${callText(calls[call])}`;
    }
    if (unsteady !== undefined) this.#fail('determinism', unsteady);
    if (disagreement === undefined) return unsteady;
    const { left, right, difference, call } = disagreement;
    const text = `${left.name} and ${right.name} differ in ${difference.field} on ${callText(twice[call])}`;
    // Nodes that agree the first time but not the second differ from themselves.
    this.#fail(call < calls.length ? 'agreement' : 'determinism', text);
    if (this.explains) this.#replay ??= await explainDisagreement(disagreement, this.#module, twice);
    return text;
  }

  /** Why a property without a failure has not passed. */
  #ranNothing(name: PropertyName, checked: number): string | undefined {
    if (name === 'agreement' && checked > 0) return this.#tierThatNeverRan();
    if (checked > 0) return undefined;
    if (name === 'agreement' && this.#nodes.length < 2) return 'a single node: there is nothing to compare';
    if (this.#calls === 0) return 'nothing ran: there are no calls';
    return name === 'agreement' ? 'nothing ran in two nodes' : 'nothing ran';
  }

  /** If all guests of a node ran in the other tier, that tier would be compared with itself. */
  #tierThatNeverRan(): string | undefined {
    for (const node of this.#nodes) {
      const tiers = this.#tiers.get(node)!;
      const { tier } = node;
      if (tier === undefined || tier === 'auto' || tiers.size === 0 || tiers.has(tier)) continue;
      return `${node.name} ran nothing in the tier ${tier}, all in ${[...tiers.keys()].join(', ')}`;
    }
    return undefined;
  }

  #checkAnswer(call: AgreementCall, answer: NodeAnswer): string | undefined {
    this.#calls++;
    increment(this.#outcomes, outcomeKey(answer));
    if (answer.kind !== 'receipt' && answer.kind !== 'validation') {
      return this.#fail('agreement', `${callText(call)} has no receipt: ${answerText(answer)}`);
    }
    if (answer.verdict !== null) increment(this.#verdicts, /^no verdict|^\w+/.exec(answer.verdict)![0]);
    const used = fuelOf(answer);
    this.keepWorst({ fuel: used, call });
    return this.#checkTrap(call, answer) ?? this.#checkFuel(call, answer, used) ?? this.#checkOwn(call, answer);
  }

  #checkTrap(call: AgreementCall, answer: Ran): string | undefined {
    if (this.#options.noTrap === false) return undefined;
    const receipts = receiptsOf(answer);
    this.#count('no-trap', receipts.length > 0 ? 1 : 0);
    const kinds = receipts.map(({ receipt }) => receipt.outcome.kind);
    if (kinds.every((kind) => kind === 'returned' || kind === 'short-circuited')) return undefined;
    return this.#fail('no-trap', `${callText(call)}: ${answerText(answer)}${inputText(call)}`);
  }

  #checkFuel(call: AgreementCall, answer: Ran, used: number): string | undefined {
    const { fuelMax } = this.#options;
    if (fuelMax === undefined) return undefined;
    this.#count('fuel-bound', receiptsOf(answer).length > 0 ? 1 : 0);
    if (used > fuelMax) {
      return this.#fail('fuel-bound', `${callText(call)} used ${used}, the bound is ${fuelMax}${inputText(call)}`);
    }
    if (!receiptsOf(answer).some(isCutShort)) return undefined;
    // It is unknown what it would have used.
    const text = `${callText(call)} was ended by its fuel limit of ${call.fuel}, below the bound of ${fuelMax}`;
    return this.#fail('fuel-bound', `${text}: give calls more fuel${inputText(call)}`);
  }

  #checkOwn(call: AgreementCall, answer: Ran): string | undefined {
    const { own, ownOp } = this.#options;
    const check = answer.kind === 'receipt' ? own && (() => own(answer, call)) : ownOp && (() => ownOp(answer, call));
    if (check === undefined) return undefined;
    this.#count('own', 1);
    const wrong = check();
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

type Ran = ReceiptAnswer | ValidationAnswer;

/** The properties that are checked for every call, in the order of a report. */
export function propertiesOf({ noTrap, fuelMax, own, ownOp }: CheckOptions): readonly PropertyName[] {
  return [
    'agreement',
    'determinism',
    ...(noTrap === false ? [] : (['no-trap'] as const)),
    ...(fuelMax === undefined ? [] : (['fuel-bound'] as const)),
    ...(own === undefined && ownOp === undefined ? [] : (['own'] as const)),
  ];
}

function isCutShort({ receipt: { outcome } }: ReceiptAnswer): boolean {
  return outcome.kind === 'exhausted' && outcome.resource === 'fuel';
}

/** Whether two results of one node differ although they must not. */
function differ(answers: readonly NodeAnswer[], one: number, other: number): boolean {
  return compareAnswers(answers[one], answers[other]) !== undefined;
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
