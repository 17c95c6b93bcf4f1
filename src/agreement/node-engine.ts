/**
 * A node in this process: an engine of one tier. Options vary what must not matter: one engine and load for each call
 * or one for all, modules kept from before, each call made for the first or the second time.
 */

import type { Loaded } from '../base/fault.js';
import { hash, toHex } from '../base/hash.js';
import { defineLimits, LIMITS_1 } from '../base/limits.js';
import { createEngine, type Engine, type EngineOptions } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Tier } from '../engine/tier.js';
import type { AgreementCall, AgreementModule, AgreementSubject, AgreementZomes } from './agreement-call.js';
import { type AgreementHost, agreementHost } from './agreement-host.js';
import { hostsNamed } from './host-set.js';
import type { AgreementNode } from './node.js';
import { answerOf, answerOfOp, DIGEST_PAGES_MAX, type NodeAnswer } from './node-answer.js';
import { runtimeName } from './runtime-name.js';

export interface EngineNodeOptions {
  readonly name?: string;
  readonly tier?: Tier;
  /**
   * `fresh`: a new engine and load for each call; for zomes, which load slowly, for each batch of ops. Default
   * `reused`.
   */
  readonly engine?: 'fresh' | 'reused';
  /** `warm`: modules are kept, and each call has been made before. Default `cold`. */
  readonly cache?: 'cold' | 'warm';
  /** Memories with more pages are not digested. */
  readonly digestPagesMax?: number;
  /** Makes the engine: your own build, or one that is wrong on purpose. Default: this package's. */
  readonly makeEngine?: (options: EngineOptions) => Pick<Engine, 'load'>;
}

/** How many modules a warm node keeps. */
const KEPT_MAX = 8;

export function engineNode(options: EngineNodeOptions = {}): AgreementNode {
  return new EngineNode(options);
}

/** A module or a host, as calls are made on it. */
type Answerer = (call: AgreementCall, digestPagesMax: number) => NodeAnswer;

class EngineNode implements AgreementNode {
  readonly name: string;
  readonly tier: Tier;
  readonly #isFresh: boolean;
  readonly #isWarm: boolean;
  readonly #digestPagesMax: number;
  readonly #makeEngine: (options: EngineOptions) => Pick<Engine, 'load'>;
  readonly #engines = new Map<string, Pick<Engine, 'load' | 'limits'>>();
  readonly #kept = new Map<string, Loaded<Answerer>>();
  #lastHost: { readonly subject: AgreementZomes; readonly made: Promise<Loaded<Answerer>> } | undefined;

  constructor(options: EngineNodeOptions) {
    const { name, tier = 'auto', engine = 'reused', cache = 'cold', makeEngine, digestPagesMax } = options;
    this.#digestPagesMax = digestPagesMax ?? DIGEST_PAGES_MAX;
    this.tier = tier;
    this.#isFresh = engine === 'fresh';
    this.#isWarm = cache === 'warm';
    this.#makeEngine = makeEngine ?? createEngine;
    this.name = name ?? `${tier}${this.#isFresh ? '+fresh' : ''}${this.#isWarm ? '+warm' : ''}`;
  }

  async describe(): Promise<string> {
    return runtimeName();
  }

  async run(subject: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]> {
    if (!this.#isFresh || 'zomes' in subject) return this.#answers(await this.#load(subject), calls);
    const answers: NodeAnswer[] = [];
    for (const call of calls) answers.push(...this.#answers(await this.#load(subject), [call]));
    return answers;
  }

  async close(): Promise<void> {
    this.#engines.clear();
    this.#kept.clear();
    this.#lastHost = undefined;
  }

  #answers(loaded: Loaded<Answerer>, calls: readonly AgreementCall[]): readonly NodeAnswer[] {
    if (!loaded.ok) {
      const { kind, code, offset } = loaded.fault;
      return calls.map(() => ({ kind: 'fault', fault: { kind, code, offset } }));
    }
    const answer = loaded.value;
    if (this.#isWarm) for (const call of calls) answer(call, 0);
    return calls.map((call) => answer(call, this.#digestPagesMax));
  }

  async #load(subject: AgreementSubject): Promise<Loaded<Answerer>> {
    if ('zomes' in subject) return this.#hostOf(subject);
    const load = () => this.#module(subject);
    if (!this.#isWarm) return load();
    const key = keyOf(subject);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const loaded = await load();
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(key, loaded);
    return loaded;
  }

  async #module(subject: AgreementModule): Promise<Loaded<Answerer>> {
    const imports = await hostsNamed(subject.hosts);
    const loaded = await this.#engine(subject).load(subject.bytes, { imports });
    return loaded.ok ? { ok: true, value: answererOf(loaded.module) } : loaded;
  }

  /** Loading zomes takes longer than calling them, so those of the previous batch are kept, except by a fresh node. */
  #hostOf(subject: AgreementZomes): Promise<Loaded<Answerer>> {
    if (this.#isFresh) return this.#host(subject);
    if (this.#lastHost?.subject !== subject) this.#lastHost = { subject, made: this.#host(subject) };
    return this.#lastHost.made;
  }

  async #host(subject: AgreementZomes): Promise<Loaded<Answerer>> {
    const made = await agreementHost(this.#engine(subject), subject);
    return made.ok ? { ok: true, value: answererOfHost(made.value) } : made;
  }

  #engine({ limits = {} }: AgreementSubject): Pick<Engine, 'load' | 'limits'> {
    const key = JSON.stringify(limits);
    const known = this.#isFresh ? undefined : this.#engines.get(key);
    if (known !== undefined) return known;
    const record = key === '{}' ? LIMITS_1 : defineLimits('agreement', limits);
    const made = this.#makeEngine({ tier: this.tier, limits: record });
    const engine = { load: made.load.bind(made), limits: record };
    if (this.#engines.size >= KEPT_MAX) this.#engines.clear();
    this.#engines.set(key, engine);
    return engine;
  }
}

function answererOf(module: LoadedModule): Answerer {
  return (call, digestPagesMax) => {
    requireTier(module);
    return answerOf(module, call, digestPagesMax);
  };
}

/**
 * If the host refuses a rewritten module, it runs in the interpreter with the same receipts. Here that is an error,
 * because a tier that did not run cannot agree. A module that is too large is declined before the host sees it.
 */
function requireTier({ compilation }: LoadedModule): void {
  if (compilation.state === 'failed') throw new Error('the rewriter failed', { cause: compilation.error });
  if (compilation.state === 'declined' && compilation.reason === 'host-refused') {
    throw new Error(
      `the host rejected the rewritten module, so the instrumented tier did not run: ${compilation.detail}`,
    );
  }
}

function answererOfHost(host: AgreementHost): Answerer {
  return (call, digestPagesMax) => answerOfOp(host, call, digestPagesMax);
}

function keyOf({ bytes, hosts, limits = {} }: AgreementModule): string {
  return `${toHex(hash(bytes))} ${hosts} ${JSON.stringify(limits)}`;
}
