/**
 * What is kept of one module beyond the engine's life, as the engine reads and writes it. Between the steps other code runs, so
 * each checks the built-ins.
 *
 * This is the one place that believes a module to be valid without validating it: the cache gave back, under a key that
 * names the module and the limits by their hashes, what only this code puts there after validation. docs/STORE.md has the threat model.
 */

import type { Loaded } from '../../base/fault.js';
import type { Limits } from '../../base/limits.js';
import { sameBytes } from '../../base/same-bytes.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { decode, decodeKnown } from '../../decode/decode.js';
import type { Schedule } from '../../metering/schedule.js';
import { type ValidModule, validate, validatedBefore } from '../../validate/validate.js';
import type { ArtefactCache, RewrittenForm } from './artefact-cache.js';

export class ModuleArtefacts {
  /** @param identity BLAKE2b-256 of the module */
  constructor(
    readonly cache: ArtefactCache,
    readonly identity: Uint8Array,
    readonly schedule: Schedule,
    readonly limits: Limits,
  ) {}

  /** The module of bytes that have this identity, validated here or in an earlier process. */
  async validModule(bytes: Uint8Array): Promise<Loaded<ValidModule>> {
    const { cache, identity, limits } = this;
    const key = { kind: 'valid', module: identity, limits: limits.hash } as const;
    const kept = await cache.get(key);
    if (kept !== undefined && sameBytes(kept, identity)) {
      const { module, fault } = withBuiltins(() => decodeKnown(bytes, limits));
      if (fault === undefined) return { ok: true, value: validatedBefore(module) };
    }
    const validated = withBuiltins(() => validate(decode(bytes, limits), limits));
    if (validated.ok) await cache.put(key, identity);
    return validated;
  }

  /** The bytes of the rewritten module (`kept-rewritten.ts`). */
  rewritten(form: RewrittenForm): Promise<Uint8Array | undefined> {
    return this.cache.get(this.#rewrittenKey(form));
  }

  keepRewritten(form: RewrittenForm, bytes: Uint8Array): Promise<void> {
    return this.cache.put(this.#rewrittenKey(form), bytes);
  }

  #rewrittenKey(form: RewrittenForm) {
    const { identity, schedule, limits } = this;
    return { kind: 'rewritten', form, module: identity, schedule: schedule.hash, limits: limits.hash } as const;
  }
}
