/**
 * Reads and writes the artefacts of one module in a cache that outlives the engine. Other code runs between the steps,
 * so each step checks the built-ins.
 *
 * This is the only place that treats a module as valid without validating it: for a key with the hashes of the module
 * and the limits, the cache has returned what only this code stores, after validation. docs/STORE.md has the threat
 * model.
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

  /** The module of bytes with this hash, validated now or in an earlier process. */
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
