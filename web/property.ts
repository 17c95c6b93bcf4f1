/**
 * The property of the page: for any input, both tiers give the same receipt, state and verdict, with all its fuel and
 * cut short. An input on which they differ is shrunk.
 */
import fc from 'fast-check';
import type { AgreementCall } from '../src/agreement/agreement-call.js';
import { compareAnswers } from '../src/agreement/compare-answers.js';
import { fuelOf, type NodeAnswer, receiptsOf } from '../src/agreement/node-answer.js';
import { hostileOp } from '../src/agreement/op-arbitrary.js';
import { outcomeKey } from '../src/agreement/outcome-key.js';
import { byteString, type MessagePackLike, messagePackLike, valueOfType } from '../src/agreement/values.js';
import { fromHex, toHex } from '../src/base/hash.js';
import { jsonFromMessagePack } from '../src/boundary/json-write.js';
import { Float } from '../src/boundary/messagepack.js';
import { decodeMessagePack } from '../src/boundary/messagepack-decode.js';
import { type Encodable, encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import { valueTypeCode } from '../src/engine/imports/typed-values.js';
import { printValue, type Value } from '../src/wasm/value.js';
import { ZOME_JSON } from '../src/zome/zome-json.js';
import { answer, type ReadRun } from './asked-run.js';
import type { Tested } from './messages.js';
import type { Subject } from './subject.js';

/** An endless loop of a hostile input must not take more time than this. */
const FUEL_MAX = 10_000_000;
const REPORT_MS = 100;
const ENTRY_CHANGES_MAX = 3;

interface TestedCall {
  readonly call: AgreementCall;
  /** Share, in 1,024ths of the used fuel, with which it runs once more. */
  readonly share: number;
}

export interface PropertyOptions {
  readonly subjects: readonly [Subject, Subject];
  readonly read: ReadRun;
  /** Types of the parameters of a function that is called with values. */
  readonly params: readonly string[];
  readonly inputs: number;
  readonly seed: number;
}

export function testTiers(options: PropertyOptions, tell: (tested: Tested) => void): void {
  const { subjects, read, inputs, seed } = options;
  const [interpreter, other] = subjects;
  const counts = new Map<string, number>();
  let [done, runs, instrumented, mostFuel, told] = [0, 0, 0, 0, performance.now()];
  let failure: Tested['failure'];
  const tested = (isOver: boolean): Tested => ({
    done,
    all: inputs,
    seed,
    runs,
    instrumented,
    outcomes: [...counts].sort(([, a], [, b]) => b - a),
    mostFuel,
    failure,
    isOver,
  });
  const compare = (call: AgreementCall): NodeAnswer => {
    const [left, right] = [answer(interpreter, read, call), answer(other, read, call)];
    const difference = compareAnswers(left, right);
    if (difference !== undefined)
      throw new Error(`${difference.field}: interpreter ${difference.left}, instrumented ${difference.right}`);
    if (failure === undefined) {
      runs++;
      if (receiptsOf(right).some(({ tier }) => tier === 'instrumented')) instrumented++;
    }
    return left;
  };
  const property = fc.property(callsOf(options), ({ call, share }) => {
    const whole = compare(call);
    const used = fuelOf(whole);
    compare({ ...call, fuel: Math.floor((used * share) / 1_024) });
    done++;
    mostFuel = Math.max(mostFuel, used);
    const key = outcomeKey(whole);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (performance.now() - told < REPORT_MS) return;
    told = performance.now();
    tell(tested(false));
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: inputs, seed });
  if (failed) {
    const text = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    failure = { text, input: counterexample === null ? '' : inputText(counterexample[0].call) };
  }
  tell(tested(true));
}

function callsOf({ subjects, read, params }: PropertyOptions): fc.Arbitrary<TestedCall> {
  const call = { ...read.call, fuel: Math.min(read.call.fuel, FUEL_MAX) };
  const share = fc.oneof(fc.constantFrom(0, 1_023), fc.nat(1_024));
  const tested = (one: fc.Arbitrary<AgreementCall>) => fc.record({ call: one, share });
  switch (call.kind) {
    case 'values': {
      const types = params.map((name) => valueOfType(valueTypeCode(name as Value['type'])));
      return tested(fc.tuple(...types).map((values) => ({ ...call, args: values.map(printValue) })));
    }
    case 'op': {
      const { generation } = subjects[0].host!;
      return tested(hostileOp([fromHex(call.op)], { generation }).map((op) => ({ ...call, op: toHex(op) })));
    }
    case 'validate':
      return tested(anyEntry(fromHex(call.entry)).map((entry) => ({ ...call, entry: toHex(entry) })));
    case 'bytes':
      return tested(anyEntry(fromHex(call.payload)).map((payload) => ({ ...call, payload: toHex(payload) })));
  }
}

/** The entry with a few bytes changed, any MessagePack, any bytes. */
function anyEntry(entry: Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(Math.max(0, entry.length - 1)), fc.nat(255));
  const changed = fc.array(change, { maxLength: ENTRY_CHANGES_MAX }).map((changes) => {
    const bytes = entry.slice();
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });
  return fc.oneof(
    { arbitrary: changed, weight: 3 },
    messagePackLike.map((value) => encodeMessagePack(encodable(value))),
    byteString(),
  );
}

/** A number that is not an integer, or not an exact one, is a MessagePack float. */
function encodable(value: MessagePackLike): Encodable {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : Float.f64(value);
  if (Array.isArray(value)) return value.map(encodable);
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, encodable(inner)]));
  return value as Encodable;
}

/** The text that a person can enter into the fields. */
function inputText(call: AgreementCall): string {
  switch (call.kind) {
    case 'values':
      return `${call.export}(${call.args.join(', ')})`;
    case 'op':
      return documentText(call.op);
    case 'validate':
      return documentText(call.entry);
    case 'bytes':
      return call.payload;
  }
}

function documentText(hex: string): string {
  const decoded = decodeMessagePack(fromHex(hex));
  return decoded.ok ? jsonFromMessagePack(decoded.value, ZOME_JSON) : hex;
}
