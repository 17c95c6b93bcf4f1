/**
 * What a host would return now, as a text that differs if results differ. For data that is found by its hash, the text
 * is the hash of the encoding of the object that the source returns. This hash is cached for the object, so that a
 * source with records in memory takes microseconds. For missing data, no hash is needed, because the function's result
 * then depends only on its input.
 */
import { type Hash, toHex, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import type { Codec, CodecResult } from '../boundary/codec.js';
import { decodeBytes, encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { decodeMessagePack } from '../boundary/messagepack-decode.js';
import type { ChainFilter } from '../boundary/validation-result.js';
import { action, signedHashed } from '../zome/action.js';
import type { DependencySource } from '../zome/dependency-source.js';
import { entry } from '../zome/entry.js';
import { mustGetAgentActivityInput } from '../zome/host-data.js';
import { record } from '../zome/record.js';
import type { RecordedHostCall } from '../zome/recording.js';
import type { ZomeHost } from '../zome/zome-host.js';
import type { Question } from './trie.js';

const ABSENT = 'absent';
const PRESENT = 'present';

/**
 * The result of a user's own function; undefined if the fuel was used up while it ran, which depends on more than its
 * input.
 */
export function answerHash(hash: Hash, { fuel, answer }: RecordedHostCall): string | undefined {
  if (answer === undefined) return undefined;
  const bytes = answer.kind === 'output' ? answer.bytes : answer.payload;
  return toHex(hash(joinedBytes(utf8(`${fuel} ${answer.kind} `), bytes)));
}

const HASH_BYTES = 39;

/**
 * MessagePack of a hash, in the shortest form or not. Other input is refused by the function itself, regardless of the
 * source.
 */
function hashIn(input: Uint8Array): Uint8Array | undefined {
  if (input.length === HASH_BYTES + 2 && input[0] === 0xc4 && input[1] === HASH_BYTES) return input.subarray(2);
  const decoded = decodeMessagePack(input);
  const isHash = decoded.ok && decoded.value instanceof Uint8Array && decoded.value.length === HASH_BYTES;
  return isHash ? (decoded.value as Uint8Array) : undefined;
}

/** The results of one host. */
export class HostAnswers {
  readonly #hash: Hash;
  readonly #host: ZomeHost;
  /** Keyed by the object that a source returned. */
  readonly #digests = new WeakMap<object, string>();
  /** Decoded inputs, because a line in memory is used many times. */
  readonly #inputs = new WeakMap<
    Question,
    CodecResult<{ readonly author: Uint8Array; readonly chain_filter: ChainFilter }>
  >();
  readonly #codecs: ReturnType<typeof codecsOf>;

  constructor(hash: Hash, host: ZomeHost) {
    this.#hash = hash;
    this.#host = host;
    this.#codecs = codecsOf(host.generation);
  }

  /** The result of a host call from the source; a user's own function is called. */
  answerOf(source: DependencySource, question: Question): string {
    const { name, input } = question;
    switch (name) {
      case '':
        return source.action(input) === undefined ? ABSENT : PRESENT;
      case '__hc__must_get_entry_1':
        return this.#byHash(input, (hash) => this.#digest(source.entry(hash), this.#codecs.entry));
      case '__hc__must_get_action_1':
        return this.#byHash(input, (hash) => this.#digest(source.action(hash), this.#codecs.action));
      case '__hc__must_get_valid_record_1':
        return this.#byHash(input, (hash) => {
          const found = source.record(hash);
          const digest = this.#digest(found?.record, this.#codecs.record);
          return found?.isRejected === true ? `${digest} rejected` : digest;
        });
      case '__hc__must_get_agent_activity_1':
        return this.#activity(source, question);
      default:
        return this.#ask(source, question);
    }
  }

  #byHash(input: Uint8Array, answer: (hash: Uint8Array) => string): string {
    const hash = hashIn(input);
    return hash === undefined ? ABSENT : answer(hash);
  }

  #activity(source: DependencySource, question: Question): string {
    const asked = this.#inputs.get(question) ?? decodeBytes(this.#codecs.activity, question.input);
    this.#inputs.set(question, asked);
    if (!asked.ok) return ABSENT;
    const found = source.agentActivity(asked.value.author, asked.value.chain_filter);
    if (found.kind !== 'activity') return found.kind;
    return toHex(this.#hash(utf8(found.actions.map((one) => this.#digest(one, this.#codecs.action)).join())));
  }

  #digest<T extends object>(found: T | undefined, codec: Codec<T>): string {
    if (found === undefined) return ABSENT;
    const known = this.#digests.get(found);
    if (known !== undefined) return known;
    const digest = toHex(this.#hash(encodeBytes(codec, found)));
    this.#digests.set(found, digest);
    return digest;
  }

  #ask(dependencies: DependencySource, { zome, export: exportName, name, input }: Question): string {
    const answer = answerHash(this.#hash, this.#host.ask(zome, exportName, name, input, { dependencies }));
    if (answer === undefined) throw new Error(`${name} had fuel without end and used it up`);
    return answer;
  }
}

function codecsOf(generation: Generation) {
  return {
    entry: entry(generation),
    action: signedHashed(action(generation)),
    record: record(generation),
    activity: mustGetAgentActivityInput(generation),
  };
}
