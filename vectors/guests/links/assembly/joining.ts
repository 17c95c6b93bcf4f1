// Who may join. Where the DNA's properties name a progenitor { progenitor: key }, the proof must be the progenitor's
// signature of the agent's key, 64 bytes as a MessagePack binary; where they are nil, everybody may.

import {
  Fields,
  GenesisSelfCheckData,
  HashKind,
  Kind,
  Reader,
  ValidationResult,
  dnaInfo,
  isWellFormed,
  verifySignature,
} from '../../kit';

const PROPERTIES: StaticArray<string> = ['progenitor'];
const SIGNATURE_BYTES: u32 = 64;

export function judgeJoining(data: GenesisSelfCheckData): ValidationResult {
  const properties = dnaInfo().properties;
  if (isWellFormed(properties) && new Reader(properties).kind() == Kind.Nil) return ValidationResult.valid();
  const progenitor = new Fields(properties, PROPERTIES).hash('progenitor', HashKind.Agent);

  if (!data.hasMembraneProof) return ValidationResult.invalid('a membrane proof is needed');
  if (!isWellFormed(data.membraneProof)) return ValidationResult.invalid('the membrane proof is malformed');
  const proof = new Reader(data.membraneProof);
  if (proof.kind() != Kind.Binary || proof.length() != SIGNATURE_BYTES) {
    return ValidationResult.invalid('the membrane proof is not a signature');
  }
  if (verifySignature(progenitor, proof.readBytes(), data.agentKey.bytes)) return ValidationResult.valid();
  return ValidationResult.invalid("the membrane proof is not the progenitor's signature of the agent's key");
}
