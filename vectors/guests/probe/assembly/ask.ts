// Asks the host what it is told to ask, and reads content of every kind.

import {
  ChainFilter,
  Create,
  Fields,
  Hash,
  HashKind,
  Span,
  ValidationResult,
  Writer,
  dnaInfo,
  isUtf8,
  mustGetAction,
  mustGetAgentActivity,
  mustGetEntry,
  mustGetValidRecord,
  trace,
  utf8Of,
  verifySignature,
  zomeInfo,
} from '../../kit';
import { describeEntry, describeOp, describeRecord, describeSigned, hex } from './describe';

const QUESTION: StaticArray<string> = ['ask', 'hash', 'agent', 'number', 'float', 'flag', 'nothing', 'bytes', 'texts'];

export function ask(content: Span): ValidationResult {
  const question = new Fields(content, QUESTION);
  const what = question.text('ask');
  if (what.is('content')) return describeContent(question);
  if (what.is('unresolved')) return ValidationResult.unresolved([hashOf(question), hashOf(question)]);
  if (what.is('unresolved activity')) return ValidationResult.unresolvedActivity(agentOf(question), filterOf(question));
  if (what.is('numbers')) return ValidationResult.invalid(hex(numbers()));
  return ValidationResult.invalid(answer(what, question));
}

function answer(what: Span, question: Fields): string {
  if (what.is('entry')) return describeEntry(mustGetEntry(question.hash('hash', HashKind.Entry)));
  if (what.is('action')) return describeSigned(mustGetAction(hashOf(question)));
  if (what.is('create')) return mustGetAction(hashOf(question)).action.as<Create>().entryHash.toString();
  if (what.is('record')) return describeRecord(mustGetValidRecord(hashOf(question)));
  if (what.is('activity')) return describeActivity(question);
  if (what.is('signature')) return describeSignature(question);
  if (what.is('dna')) return describeDna();
  if (what.is('zome')) return describeZome();
  trace(what.toString(), 'WARN');
  return 'traced';
}

function hashOf(question: Fields): Hash {
  return question.hash('hash', HashKind.Action);
}

function agentOf(question: Fields): Hash {
  return question.hash('agent', HashKind.Agent);
}

// The number chooses the limit.
function filterOf(question: Fields): ChainFilter {
  const top = hashOf(question);
  switch (<i32>question.integer('number', 0, 3)) {
    case 0:
      return ChainFilter.toGenesis(top);
    case 1:
      return ChainFilter.take(top, 7);
    case 2:
      return ChainFilter.untilTimestamp(top, -5);
    default: {
      const filter = ChainFilter.untilHash(top, top);
      filter.withCachedEntries = true;
      return filter;
    }
  }
}

function describeActivity(question: Fields): string {
  const activity = mustGetAgentActivity(agentOf(question), filterOf(question));
  let text = activity.length.toString();
  for (let i = 0; i < activity.length; i++) text += '; ' + describeOp(activity[i]);
  return text;
}

function describeSignature(question: Fields): string {
  return verifySignature(agentOf(question), question.binary('bytes'), utf8Of('grüß')) ? 'right' : 'wrong';
}

function describeDna(): string {
  const info = dnaInfo();
  return info.name + ' ' + info.hash.toString() + ' ' + info.networkSeed + ' ' + hex(info.properties) + ' ' + info.zomeNames.join();
}

function describeZome(): string {
  const info = zomeInfo();
  let text = info.name + ' ' + info.id.toString() + ' ' + hex(info.properties) + ' ' + hex(info.entryDefs) + ' ' + info.externFns.join();
  for (let i = 0; i < info.entryTypes.length; i++) {
    text += ' entries ' + info.entryTypes[i].zomeIndex.toString() + ':' + info.entryTypes[i].count.toString();
  }
  for (let i = 0; i < info.linkTypes.length; i++) {
    text += ' links ' + info.linkTypes[i].zomeIndex.toString() + ':' + info.linkTypes[i].count.toString();
  }
  return text;
}

function describeContent(content: Fields): ValidationResult {
  const number = content.integer('number', -1000000, 1000000);
  const float = content.float('float');
  const flag = content.boolean('flag');
  if (!content.isNil('nothing')) content.refuseField('nothing', 'is something');
  const bytes = content.binaryOf('bytes', 4);
  const texts = content.texts('texts', 'text', 3, 1, 5);
  if (!content.isGood) return ValidationResult.valid(); // the kit must not let this stand
  let text = number.toString() + ' ' + reinterpret<u64>(float).toString(16) + ' ' + flag.toString() + ' ' + hex(bytes);
  for (let i = 0; i < texts.length; i++) text += ' ' + (isUtf8(texts[i]) ? texts[i].toString() : 'not text');
  return ValidationResult.invalid(text);
}

// Every width of integer, and the rest of what a writer writes.
function numbers(): Span {
  const to = new Writer().arrayOf(21).nil().boolean(true).boolean(false).float(-0.5);
  to.unsigned(0).unsigned(127).unsigned(128).unsigned(255).unsigned(256).unsigned(65536).unsigned(u32.MAX_VALUE);
  to.unsigned(4294967296).unsigned(u64.MAX_VALUE);
  to.integer(-1).integer(-32).integer(-33).integer(-129).integer(-32769).integer(-2147483649).integer(i64.MIN_VALUE);
  return to.string('é').take();
}
