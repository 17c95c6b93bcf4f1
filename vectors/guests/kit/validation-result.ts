// ValidateCallbackResult, and how a call's result goes back to the host: Result<ExternIO, WasmError>, where ExternIO is the
// bytes of the result. Unit variants are strings, as Holochain 0.3 to 0.6 has them.

import { ChainFilter } from './chain-filter';
import { faultError, faultReason } from './fault';
import { Hash } from './hash';
import { Writer } from './message-pack-writer';
import { Span } from './span';

@final
export class ValidationResult {
  private constructor(
    private reason: string | null,
    private hashes: Hash[] | null,
    private author: Hash,
    private filter: ChainFilter | null,
  ) {}

  static valid(): ValidationResult {
    return new ValidationResult(null, null, Hash.none(), null);
  }

  static invalid(reason: string): ValidationResult {
    return new ValidationResult(reason, null, Hash.none(), null);
  }

  /** No verdict until the host has what these hashes, of entries and actions, name. */
  static unresolved(hashes: Hash[]): ValidationResult {
    return new ValidationResult(null, hashes, Hash.none(), null);
  }

  /** No verdict until the host has this part of an agent's chain. */
  static unresolvedActivity(author: Hash, filter: ChainFilter): ValidationResult {
    return new ValidationResult(null, null, author, filter);
  }

  /** MessagePack of the ValidateCallbackResult. */
  encode(): Span {
    const to = new Writer();
    const reason = this.reason;
    const hashes = this.hashes;
    const filter = this.filter;
    if (reason !== null) return to.mapOf(1).string('Invalid').string(reason).take();
    if (hashes !== null) {
      to.mapOf(1).string('UnresolvedDependencies').mapOf(1).string('Hashes').arrayOf(hashes.length);
      for (let i = 0; i < hashes.length; i++) to.hash(hashes[i]);
      return to.take();
    }
    if (filter === null) return to.string('Valid').take();
    to.mapOf(1).string('UnresolvedDependencies').mapOf(1).string('AgentActivity').arrayOf(2).hash(this.author);
    return filter.write(to).take();
  }
}

/** The output of a call: the fault if there was one, else `Ok(result)`. */
export function outputOf(result: Span): Span {
  const error = faultError();
  if (error !== null) return new Writer().mapOf(1).string('Err').value(error).take();
  const reason = faultReason();
  if (reason === null) return ok(result);
  return ok(ValidationResult.invalid(reason).encode());
}

function ok(result: Span): Span {
  return new Writer().mapOf(1).string('Ok').binary(result).take();
}
