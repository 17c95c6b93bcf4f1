/**
 * A node in this process: an engine of one tier. It varies what may vary: an engine and a load for each call or one for
 * all, modules kept from before, each call made for the first or the second time.
 */

import { hash, toHex } from '../base/hash.js';
import { defineLimits, LIMITS_1 } from '../base/limits.js';
import { createEngine, type Engine, type EngineOptions, type LoadResult } from '../engine/engine.js';
import type { Tier } from '../engine/tier.js';
import type { AgreementCall, AgreementModule } from './agreement-call.js';
import { hostsNamed } from './host-set.js';
import type { AgreementNode } from './node.js';
import { answerOf, DIGEST_PAGES_MAX, type NodeAnswer } from './node-answer.js';
import { runtimeName } from './runtime-name.js';

export interface EngineNodeOptions {
  readonly name?: string;
  readonly tier?: Tier;
  /** `fresh`: an engine, and a load, for each call. Default `reused`. */
  readonly engine?: 'fresh' | 'reused';
  /** `warm`: modules are kept, and each call has been made before. Default `cold`. */
  readonly cache?: 'cold' | 'warm';
  /** Memories of more pages are not digested. */
  readonly digestPagesMax?: number;
  /** Makes the engine: an own build, or one that is wrong on purpose. Default: this package's. */
  readonly makeEngine?: (options: EngineOptions) => Pick<Engine, 'load'>;
}

/** Modules that a warm node keeps. */
const KEPT_MAX = 8;

export function engineNode(options: EngineNodeOptions = {}): AgreementNode {
  return new EngineNode(options);
}

class EngineNode implements AgreementNode {
  readonly name: string;
  readonly #tier: Tier;
  readonly #isFresh: boolean;
  readonly #isWarm: boolean;
  readonly #digestPagesMax: number;
  readonly #makeEngine: (options: EngineOptions) => Pick<Engine, 'load'>;
  readonly #engines = new Map<string, Pick<Engine, 'load'>>();
  readonly #kept = new Map<string, LoadResult>();

  constructor(options: EngineNodeOptions) {
    const { name, tier = 'auto', engine = 'reused', cache = 'cold', makeEngine, digestPagesMax } = options;
    this.#digestPagesMax = digestPagesMax ?? DIGEST_PAGES_MAX;
    this.#tier = tier;
    this.#isFresh = engine === 'fresh';
    this.#isWarm = cache === 'warm';
    this.#makeEngine = makeEngine ?? createEngine;
    this.name = name ?? `${tier}${this.#isFresh ? '+fresh' : ''}${this.#isWarm ? '+warm' : ''}`;
  }

  async describe(): Promise<string> {
    return runtimeName();
  }

  async run(module: AgreementModule, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]> {
    if (!this.#isFresh) return this.#answers(await this.#load(module), calls);
    const answers: NodeAnswer[] = [];
    for (const call of calls) answers.push(...this.#answers(await this.#load(module), [call]));
    return answers;
  }

  async close(): Promise<void> {
    this.#engines.clear();
    this.#kept.clear();
  }

  #answers(loaded: LoadResult, calls: readonly AgreementCall[]): readonly NodeAnswer[] {
    if (!loaded.ok) {
      const { kind, code, offset } = loaded.fault;
      return calls.map(() => ({ kind: 'fault', fault: { kind, code, offset } }));
    }
    const { module } = loaded;
    if (this.#isWarm) for (const call of calls) answerOf(module, call, 0);
    return calls.map((call) => answerOf(module, call, this.#digestPagesMax));
  }

  async #load(module: AgreementModule): Promise<LoadResult> {
    const imports = await hostsNamed(module.hosts);
    const load = () => this.#engine(module).load(module.bytes, { imports });
    if (!this.#isWarm) return load();
    const key = `${toHex(hash(module.bytes))} ${module.hosts} ${JSON.stringify(module.limits ?? {})}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const loaded = await load();
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(key, loaded);
    return loaded;
  }

  #engine({ limits = {} }: AgreementModule): Pick<Engine, 'load'> {
    const key = JSON.stringify(limits);
    const known = this.#isFresh ? undefined : this.#engines.get(key);
    if (known !== undefined) return known;
    const record = key === '{}' ? LIMITS_1 : defineLimits('agreement', limits);
    const engine = this.#makeEngine({ tier: this.#tier, limits: record });
    if (this.#engines.size >= KEPT_MAX) this.#engines.clear();
    this.#engines.set(key, engine);
    return engine;
  }
}
