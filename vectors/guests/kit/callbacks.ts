// The callbacks of an integrity zome: each opens the call, reads its input, asks the zome and closes the call.

import { begin, end, nothing } from './byte-abi';
import { failUndecodable } from './fault';
import { Hash } from './hash';
import { Kind, Reader } from './message-pack-reader';
import { Writer } from './message-pack-writer';
import { Op, readOp } from './op';
import { Span } from './span';
import { ValidationResult } from './validation-result';
import { StructFields, Wire } from './wire';

/** `validate`: judges an op. */
export function validateOp(at: i32, length: i32, judge: (op: Op) => ValidationResult): i64 {
  let result = nothing();
  const input = begin(at, length);
  if (input !== null) {
    const wire = new Wire(input);
    const op = readOp(wire);
    if (wire.broken) failUndecodable(input);
    else result = judge(op).encode();
  }
  return end(result);
}

/** `validate` of a zome that is given content alone, without an op around it. */
export function validateContent(at: i32, length: i32, judge: (content: Span) => ValidationResult): i64 {
  const input = begin(at, length);
  return end(input === null ? nothing() : judge(input).encode());
}

/** GenesisSelfCheckDataV2: an agent who is about to join, and what it shows for it. */
@final
export class GenesisSelfCheckData {
  agentKey: Hash = Hash.none();
  hasMembraneProof: bool = false;
  /** MessagePack of whatever the zome asks for */
  membraneProof: Span = new Span(0, 0);
}

const GENESIS_DATA: StaticArray<string> = ['membrane_proof', 'agent_key'];
const PROOF_OPTIONAL: u32 = 1;

/** `genesis_self_check_2`: judges whether an agent may join, before it does. */
export function genesisSelfCheck(at: i32, length: i32, judge: (data: GenesisSelfCheckData) => ValidationResult): i64 {
  let result = nothing();
  const input = begin(at, length);
  if (input !== null) {
    const wire = new Wire(input);
    const data = readGenesisData(wire);
    if (wire.broken) failUndecodable(input);
    else result = judge(data).encode();
  }
  return end(result);
}

function readGenesisData(wire: Wire): GenesisSelfCheckData {
  const data = new GenesisSelfCheckData();
  const fields = new StructFields(wire, GENESIS_DATA, PROOF_OPTIONAL);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 1) {
      data.agentKey = wire.agent();
    } else {
      data.hasMembraneProof = !wire.nil();
      if (data.hasMembraneProof) data.membraneProof = wire.bytes();
    }
  }
  return data;
}

/** One entry type of the zome; its place among them is its `entryIndex`. */
@final
export class EntryDef {
  constructor(
    public name: string,
    public isPrivate: bool = false,
    public requiredValidations: u32 = 5,
    public isCachedAtAgentActivity: bool = false,
  ) {}
}

/** `entry_defs`: the entry types of the zome. */
export function entryDefs(at: i32, length: i32, defs: EntryDef[]): i64 {
  const input = begin(at, length);
  if (input !== null && new Reader(input).kind() != Kind.Nil) failUndecodable(input);
  const to = new Writer().mapOf(1).string('Defs').arrayOf(defs.length);
  for (let i = 0; i < defs.length; i++) writeEntryDef(to, defs[i]);
  return end(to.take());
}

function writeEntryDef(to: Writer, def: EntryDef): void {
  to.mapOf(4).string('id').mapOf(1).string('App').string(def.name);
  to.string('visibility').string(def.isPrivate ? 'Private' : 'Public');
  to.string('required_validations').unsigned(def.requiredValidations);
  to.string('cache_at_agent_activity').boolean(def.isCachedAtAgentActivity);
}
