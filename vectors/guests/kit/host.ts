// The host functions that an integrity zome may call. A zome imports those that it uses and no others.
//
// In `validate`, what the host does not have yet ends the call there and then with UnresolvedDependencies: the function does
// not come back. An error that the host sends back ends the call too, but later: the function gives something empty, and
// the error becomes the call's result (see fault.ts).

import { ActionForm } from './action';
import { accept, handOver } from './arena';
import { ChainFilter } from './chain-filter';
import { Entry, readEntry } from './entry';
import { failUndecodable, failWith } from './fault';
import { Hash } from './hash';
import { DnaInfo, ZomeInfo, readDnaInfo, readZomeInfo } from './info';
import { isWellFormed } from './message-pack-reader';
import { Writer } from './message-pack-writer';
import { Op, readAgentActivity } from './op';
import { Record, SignedAction, readRecord, readSigned } from './record';
import { Span } from './span';
import { StructFields, Wire } from './wire';

@external('env', '__hc__must_get_entry_1')
declare function must_get_entry(at: i32, length: i32): i64;
@external('env', '__hc__must_get_action_1')
declare function must_get_action(at: i32, length: i32): i64;
@external('env', '__hc__must_get_valid_record_1')
declare function must_get_valid_record(at: i32, length: i32): i64;
@external('env', '__hc__must_get_agent_activity_1')
declare function must_get_agent_activity(at: i32, length: i32): i64;
@external('env', '__hc__verify_signature_1')
declare function verify_signature(at: i32, length: i32): i64;
@external('env', '__hc__dna_info_2')
declare function dna_info(at: i32, length: i32): i64;
@external('env', '__hc__zome_info_1')
declare function zome_info(at: i32, length: i32): i64;
@external('env', '__hc__trace_1')
declare function host_trace(at: i32, length: i32): i64;

const ENTRY_HASHED: StaticArray<string> = ['content', 'hash'];

/** The entry of this hash, valid or not. */
export function mustGetEntry(hash: Hash): Entry {
  const input = lent(new Writer().hash(hash));
  const answer = answerOf(must_get_entry(<i32>input.at, input.length));
  let entry = new Entry();
  const fields = new StructFields(answer, ENTRY_HASHED);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) entry = readEntry(answer);
    else answer.entry();
  }
  return check(answer) ? entry : new Entry();
}

/** The action of this hash, valid or not. */
export function mustGetAction(hash: Hash): SignedAction {
  const input = lent(new Writer().hash(hash));
  const answer = answerOf(must_get_action(<i32>input.at, input.length));
  const signed = readSigned(answer, ActionForm.Internal);
  return check(answer) ? signed : new SignedAction();
}

/** The record of this action's hash, which the host has found valid. */
export function mustGetValidRecord(hash: Hash): Record {
  const input = lent(new Writer().hash(hash));
  const answer = answerOf(must_get_valid_record(<i32>input.at, input.length));
  const record = readRecord(answer);
  return check(answer) ? record : new Record();
}

/** That part of an agent's chain, newest action first; each as an op of kind RegisterAgentActivity. */
export function mustGetAgentActivity(author: Hash, filter: ChainFilter): Op[] {
  const input = lent(filter.write(new Writer().mapOf(2).string('author').hash(author).string('chain_filter')));
  const answer = answerOf(must_get_agent_activity(<i32>input.at, input.length));
  const activity: Op[] = [];
  for (let left = answer.list(); left > 0; left--) activity.push(readAgentActivity(answer));
  return check(answer) ? activity : [];
}

/** Whether the signature, 64 bytes, is the agent's for exactly these bytes. */
export function verifySignature(agent: Hash, signature: Span, data: Span): bool {
  const to = new Writer().mapOf(3).string('key').hash(agent).string('signature').binary(signature);
  const input = lent(to.string('data').binary(data));
  const answer = answerOf(verify_signature(<i32>input.at, input.length));
  const isRight = answer.boolean();
  return check(answer) && isRight;
}

export function dnaInfo(): DnaInfo {
  const input = lent(new Writer().nil());
  const answer = answerOf(dna_info(<i32>input.at, input.length));
  const info = readDnaInfo(answer);
  return check(answer) ? info : new DnaInfo();
}

export function zomeInfo(): ZomeInfo {
  const input = lent(new Writer().nil());
  const answer = answerOf(zome_info(<i32>input.at, input.length));
  const info = readZomeInfo(answer);
  return check(answer) ? info : new ZomeInfo();
}

/** Hands a line to whoever runs the zome; level is ERROR, WARN, INFO, DEBUG or TRACE. */
export function trace(message: string, level: string = 'INFO'): void {
  const input = lent(new Writer().mapOf(2).string('msg').string(message).string('level').string(level));
  check(answerOf(host_trace(<i32>input.at, input.length)));
}

// The input of a host function, which the host gives back before it answers.
function lent(input: Writer): Span {
  handOver();
  return input.take();
}

// The `Ok` of a host's answer comes next; where there is none, the wire is broken and the fault noted.
function answerOf(packed: i64): Wire {
  const bytes = new Span(<usize>(packed >>> 32), <u32>packed);
  accept();
  const wire = new Wire(bytes, isWellFormed(bytes));
  const name = wire.variant();
  if (name.is('Err')) {
    failWith(wire.value());
    wire.break();
  } else if (!name.is('Ok')) {
    wire.break();
  }
  return wire;
}

// Whether the answer was what it should be; if not, the fault is noted.
function check(answer: Wire): bool {
  if (!answer.broken) return true;
  failUndecodable(answer.source);
  return false;
}
