/**
 * The far side of a node in another thread, process or page: turns a request on a line of JSON into a response on a
 * line of JSON. Needs only the language, nothing of the host.
 */
import type { Tier } from '../engine/tier.js';
import { learnHost } from '../instrumented/host.js';
import { type AgreementCall, type AgreementSubject, moduleOfJson, type SubjectJson } from './agreement-call.js';
import type { AgreementNode } from './node.js';
import { DIGEST_PAGES_MAX, type NodeAnswer } from './node-answer.js';
import { engineNode } from './node-engine.js';
import { runtimeName } from './runtime-name.js';

export interface RequestJson {
  readonly id: number;
  /** Omitted if it is that of the previous request: a zome has megabytes. */
  readonly module?: SubjectJson;
  readonly calls: readonly AgreementCall[];
}

export type ReplyJson =
  /** The first line: the name of the runtime. */
  | { readonly hello: string }
  | { readonly id: number; readonly answers: readonly NodeAnswer[] }
  /** A bug on the far side. */
  | { readonly id: number; readonly error: string };

export class Answerer {
  readonly #node: AgreementNode;
  #module: AgreementSubject | undefined;

  /** @param digestPagesMax without a compiler a page takes 25 ms to hash */
  constructor(tier: string, digestPagesMax = DIGEST_PAGES_MAX) {
    this.#node = engineNode({ tier: tier as Tier, digestPagesMax });
  }

  hello(): string {
    const unfit = instrumentedUnfit();
    const hello = unfit === undefined ? runtimeName() : `${runtimeName()}, interpreter only (${unfit})`;
    return JSON.stringify({ hello } satisfies ReplyJson);
  }

  async reply(line: string): Promise<string> {
    const { id, module, calls } = JSON.parse(line) as RequestJson;
    return JSON.stringify(await this.#reply(id, module, calls));
  }

  async #reply(id: number, module: SubjectJson | undefined, calls: readonly AgreementCall[]): Promise<ReplyJson> {
    try {
      if (module !== undefined) this.#module = moduleOfJson(module);
      if (this.#module === undefined) return { id, error: 'the first request has no module' };
      return { id, answers: await this.#node.run(this.#module, calls) };
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { id, error: text };
    }
  }
}

/** Why the instrumented tier cannot run anything here; undefined if it can. */
function instrumentedUnfit(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'no WebAssembly';
  const host = learnHost();
  return 'unfit' in host ? host.unfit : undefined;
}
