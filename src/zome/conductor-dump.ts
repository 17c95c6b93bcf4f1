/**
 * A conductor's dump of a cell: its ops and the records of its source chain, from one file or several.
 *
 * Invariant: a file is never decoded all at once. Each op is kept as MessagePack, which is a third of its JSON, and
 * decoded when it is needed. Every op is decoded once before the first is returned, so a dump is either read completely
 * or refused with the place of the fault. The same op in two places is one op.
 *
 * Source: holochain_conductor_api `state_dump.rs` (`FullStateDump`, `FullIntegrationStateDump`, `JsonDump`) and
 * `admin_interface.rs` (`AdminResponse::FullStateDumped`), holochain_state_types (`SourceChainDump`), develop-0.1 to
 * develop.
 */
import { fromHex, toHex } from '../base/hash.js';
import type { CodecResult } from '../boundary/codec.js';
import { type DocumentScan, ScanFault, type Span } from '../boundary/document-scan.js';
import type { Generation } from '../boundary/generation.js';
import { JsonScan } from '../boundary/json-scan.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { decodeMessagePack } from '../boundary/messagepack-decode.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { MessagePackScan } from '../boundary/messagepack-scan.js';
import { dataOf, headOf } from './action-parts.js';
import { CHAIN_OPS, type ChainOp, type ChainOpType, chainOpHash, chainOpsOf, recordEntryOf } from './chain-op.js';
import { withBytes } from './dump-bytes.js';
import { DumpCodecs } from './dump-op.js';
import { type Entry, entryHash } from './entry.js';
import type { Record } from './record.js';
import { ZOME_JSON } from './zome-json.js';

/** Limits of what is read. */
export interface DumpLimits {
  /** bytes of all files together */
  readonly bytes: number;
  /** ops and records in all files together */
  readonly ops: number;
}

export const DUMP_LIMITS: DumpLimits = Object.freeze({ bytes: 1_073_741_824, ops: 4_194_304 });

export interface DumpFile {
  /** its name in faults */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: 'json' | 'messagepack';
}

export type DumpFaultCode =
  /** neither JSON nor MessagePack */
  | 'malformed'
  /** a document, but not a dump */
  | 'not-a-dump'
  /** something that is not an op or record of the generation */
  | 'not-an-op'
  | 'too-many-bytes'
  | 'too-many-ops';

export interface DumpFault {
  readonly code: DumpFaultCode;
  readonly file: string;
  /** `$.integration_dump.integrated[12]` */
  readonly path: string;
  readonly reason: string;
}

/** The list in which the conductor had an op. Ops that are only in a source chain are derived from its records. */
export type DumpList = 'validation_limbo' | 'integration_limbo' | 'integrated' | 'source_chain';

const OP_LISTS = ['validation_limbo', 'integration_limbo', 'integrated'] as const satisfies readonly DumpList[];

/** An op, where it is, and how it is identified. */
export interface DumpedOp {
  readonly chainOp: ChainOp;
  /** `DhtOpHash`, 39 bytes */
  readonly hash: Uint8Array;
  readonly list: DumpList;
}

/** An op or a record, not decoded. */
interface Kept {
  /** MessagePack */
  readonly bytes: Uint8Array;
  readonly list: DumpList;
}

interface KeptOp extends Kept {
  readonly type: ChainOpType;
  readonly timestamp: bigint;
  /** hexadecimal `DhtOpHash` */
  readonly hash: string;
}

export type DumpResult =
  | { readonly ok: true; readonly dump: ConductorDump }
  | { readonly ok: false; readonly fault: DumpFault };

/** Thrown and caught within this file only. */
class Refused {
  constructor(readonly fault: DumpFault) {}
}

/** Reads conductor dumps. Several files are pages of a dump, or dumps of several agents of the same DNA. */
export function readConductorDump(
  files: readonly DumpFile[],
  generation: Generation,
  limits: DumpLimits = DUMP_LIMITS,
): DumpResult {
  try {
    return { ok: true, dump: new DumpReader(generation, limits).read(files) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, fault: error.fault };
    throw error;
  }
}

const NO_DUMP =
  'expected peer_dump, source_chain_dump and integration_dump: what dump_full_state or dump_state of the admin interface returns';

class DumpReader {
  readonly #codecs: DumpCodecs;
  readonly #generation: Generation;
  readonly #limits: DumpLimits;
  readonly #ops = new Map<string, KeptOp>();
  readonly #actions = new Map<string, Kept>();
  readonly #entries = new Map<string, Kept>();
  #seen = 0;
  #warrants = 0;
  #duplicates = 0;
  #file = '';

  constructor(generation: Generation, limits: DumpLimits) {
    this.#generation = generation;
    this.#codecs = new DumpCodecs(generation);
    this.#limits = limits;
  }

  read(files: readonly DumpFile[]): ConductorDump {
    let bytes = 0;
    for (const file of files) {
      this.#file = file.name;
      bytes += file.bytes.length;
      if (bytes > this.#limits.bytes) this.#refuse('too-many-bytes', '$', `more than ${this.#limits.bytes} bytes`);
      try {
        this.#readFile(file);
      } catch (error) {
        if (!(error instanceof ScanFault)) throw error;
        this.#refuse('malformed', '$', error.message);
      }
    }
    const ops = [...this.#ops.values()].sort(byTime);
    const counts = { warrants: this.#warrants, duplicates: this.#duplicates };
    return new ConductorDump(this.#codecs, ops, this.#actions, this.#entries, counts);
  }

  #refuse(code: DumpFaultCode, path: string, reason: string): never {
    throw new Refused({ code, file: this.#file, path, reason });
  }

  #readFile({ bytes, format }: DumpFile): void {
    const scan = format === 'json' ? new JsonScan(bytes, ZOME_JSON) : new MessagePackScan(bytes);
    const [root, path] = this.#dumpIn(scan);
    const parts = new Map(scan.entries(root));
    const chain = parts.get('source_chain_dump');
    const integration = parts.get('integration_dump');
    if (chain === undefined && integration === undefined) this.#refuse('not-a-dump', path, NO_DUMP);
    const lists = this.#listsIn(scan, integration);
    for (const [list, span] of lists) {
      this.#eachItem(scan, span, `${path}.integration_dump.${list}`, format, (bytes, value, at) =>
        this.#addOp({ bytes, list }, value, at),
      );
    }
    const records = chain && scan.kindOf(chain) === 'map' ? new Map(scan.entries(chain)).get('records') : undefined;
    if (records === undefined) return;
    const isSource = lists.length === 0;
    this.#eachItem(scan, records, `${path}.source_chain_dump.records`, format, (bytes, value, at) =>
      this.#addRecord({ bytes, list: 'source_chain' }, value, at, isSource),
    );
  }

  /**
   * Finds the dump in a saved document: the document itself, the admin interface's response, or a pair of a dump and
   * its summary.
   */
  #dumpIn(scan: DocumentScan): readonly [Span, string] {
    const { root } = scan;
    if (scan.kindOf(root) === 'array') {
      for (const first of scan.items(root)) {
        if (scan.kindOf(first) === 'map') return [first, '$[0]'];
        break;
      }
    }
    if (scan.kindOf(root) !== 'map') this.#refuse('not-a-dump', '$', NO_DUMP);
    const parts = new Map(scan.entries(root));
    const value = parts.get('value') ?? parts.get('data');
    const isResponse = parts.has('type') && value !== undefined && scan.kindOf(value) === 'map';
    return isResponse ? [value, '$.value'] : [root, '$'];
  }

  /** The lists of ops; none in a dump that only counts them. */
  #listsIn(scan: DocumentScan, integration: Span | undefined): readonly (readonly [DumpList, Span])[] {
    if (integration === undefined || scan.kindOf(integration) !== 'map') return [];
    const parts = new Map(scan.entries(integration));
    return OP_LISTS.flatMap((list) => {
      const span = parts.get(list);
      return span !== undefined && scan.kindOf(span) === 'array' ? [[list, span] as const] : [];
    });
  }

  #eachItem(
    scan: DocumentScan,
    list: Span,
    path: string,
    format: DumpFile['format'],
    add: (bytes: Uint8Array, value: MessagePackValue, path: string) => void,
  ): void {
    if (scan.kindOf(list) !== 'array') this.#refuse('not-a-dump', path, 'expected a list');
    let at = 0;
    for (const span of scan.items(list)) {
      this.#seen += 1;
      if (this.#seen > this.#limits.ops) this.#refuse('too-many-ops', path, `more than ${this.#limits.ops} ops`);
      const item = `${path}[${at}]`;
      const read = this.#orRefused(scan.value(span), item);
      const value = format === 'json' ? withBytes(read) : read;
      add(encodeMessagePack(value as Encodable), value, item);
      at += 1;
    }
  }

  #orRefused<A>(read: CodecResult<A>, path: string): A {
    if (read.ok) return read.value;
    this.#refuse('not-an-op', path + read.error.path.slice(1), read.error.reason);
  }

  #addOp(kept: Kept, value: MessagePackValue, path: string): void {
    const op = this.#orRefused(this.#codecs.op(value), path);
    if (op === 'warrant') this.#warrants += 1;
    else this.#keep(kept, op);
  }

  #addRecord(kept: Kept, value: MessagePackValue, path: string, isSource: boolean): void {
    const record = this.#orRefused(this.#codecs.record(value), path);
    if (isSource) for (const chainOp of chainOpsOf(record)) this.#keep(kept, chainOp);
    this.#index(kept, record);
  }

  #keep(kept: Kept, chainOp: ChainOp): void {
    const { type, action, entry } = chainOp;
    const hash = toHex(chainOpHash(chainOp, this.#generation));
    if (this.#ops.has(hash)) {
      this.#duplicates += 1;
      return;
    }
    const { timestamp } = headOf(action.hashed.content);
    this.#ops.set(hash, { ...kept, type, timestamp, hash });
    this.#index(kept, { signed_action: action, entry });
  }

  /** Records the location of an action and an entry: the first one found. */
  #index(kept: Kept, { signed_action, entry }: Record): void {
    const action = toHex(signed_action.hashed.hash);
    if (!this.#actions.has(action)) this.#actions.set(action, kept);
    if (entry.kind !== 'Present') return;
    const hash = toHex(entryHash(entry.value, this.#generation));
    if (!this.#entries.has(hash)) this.#entries.set(hash, kept);
  }
}

const ROWS = new Map(CHAIN_OPS.map(({ type }, row) => [type, row]));

/**
 * By time, because later ops depend on earlier ones. Equal times are ordered by kind and hash, which are the same on
 * every machine.
 */
function byTime(a: KeptOp, b: KeptOp): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? -1 : 1;
  if (a.type !== b.type) return ROWS.get(a.type)! - ROWS.get(b.type)!;
  return a.hash < b.hash ? -1 : Number(a.hash > b.hash);
}

export interface DumpCounts {
  /** warrants, which zomes do not validate */
  readonly warrants: number;
  /** ops that occurred before */
  readonly duplicates: number;
}

type Chain = ReadonlyMap<string, Record['signed_action']>;

export class ConductorDump {
  readonly generation: Generation;
  readonly warrants: number;
  readonly duplicates: number;
  readonly #codecs: DumpCodecs;
  readonly #ops: readonly KeptOp[];
  readonly #actions: ReadonlyMap<string, Kept>;
  readonly #entries: ReadonlyMap<string, Kept>;
  #authors: ReadonlyMap<string, readonly string[]> | undefined;
  /** actions of the last author only: one chain is requested many times in a row */
  #lastChain: { readonly author: string; readonly chain: Chain } | undefined;

  /** Made by `readConductorDump`. */
  constructor(
    codecs: DumpCodecs,
    ops: readonly KeptOp[],
    actions: ReadonlyMap<string, Kept>,
    entries: ReadonlyMap<string, Kept>,
    { warrants, duplicates }: DumpCounts,
  ) {
    this.generation = codecs.generation;
    this.warrants = warrants;
    this.duplicates = duplicates;
    this.#codecs = codecs;
    this.#ops = ops;
    this.#actions = actions;
    this.#entries = entries;
  }

  /** Number of different ops. */
  get size(): number {
    return this.#ops.length;
  }

  /** The ops by the time of their action, so that an op comes after the ops that it depends on. */
  *ops(): Iterable<DumpedOp> {
    for (const kept of this.#ops) {
      yield { chainOp: this.#chainOpOf(kept), hash: fromHex(kept.hash), list: kept.list };
    }
  }

  /** The record of an action in the dump; its entry may be anywhere in the dump. */
  record(actionHash: Uint8Array): Record | undefined {
    const kept = this.#actions.get(toHex(actionHash));
    if (kept === undefined) return undefined;
    const { signed_action } = this.#recordOf(kept);
    const { content } = signed_action.hashed;
    const data = dataOf(content);
    // By its hash, because the entry beside an action in a dump may be a different one.
    const held = data.type === 'Create' || data.type === 'Update' ? this.entry(data.entry_hash) : undefined;
    return { signed_action, entry: recordEntryOf(content, held) };
  }

  entry(hash: Uint8Array): Entry | undefined {
    const kept = this.#entries.get(toHex(hash));
    const held = kept && this.#recordOf(kept).entry;
    return held?.kind === 'Present' ? held.value : undefined;
  }

  /** The author's actions by the hexadecimal text of their hash. */
  chainOf(author: Uint8Array): Chain {
    const name = toHex(author);
    if (this.#lastChain?.author === name) return this.#lastChain.chain;
    this.#authors ??= this.#actionsByAuthor();
    const hashes = this.#authors.get(name) ?? [];
    const chain = new Map(hashes.map((hash) => [hash, this.#recordOf(this.#actions.get(hash)!).signed_action]));
    this.#lastChain = { author: name, chain };
    return chain;
  }

  #actionsByAuthor(): ReadonlyMap<string, readonly string[]> {
    const authors = new Map<string, string[]>();
    for (const [hash, kept] of this.#actions) {
      const author = toHex(headOf(this.#recordOf(kept).signed_action.hashed.content).author);
      const hashes = authors.get(author);
      if (hashes === undefined) authors.set(author, [hash]);
      else hashes.push(hash);
    }
    return authors;
  }

  #chainOpOf(kept: KeptOp): ChainOp {
    if (kept.list !== 'source_chain') return again(this.#codecs.op(decodedOf(kept))) as ChainOp;
    return chainOpsOf(this.#recordOf(kept)).find(({ type }) => type === kept.type)!;
  }

  #recordOf(kept: Kept): Record {
    if (kept.list === 'source_chain') return again(this.#codecs.record(decodedOf(kept)));
    const { action, entry } = again(this.#codecs.op(decodedOf(kept))) as ChainOp;
    return { signed_action: action, entry };
  }
}

function decodedOf({ bytes }: Kept): MessagePackValue {
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decoded.value;
  throw new Error(`the encoded bytes are not MessagePack: ${decoded.fault.code}`);
}

/** Decodes data again that was already decoded once before it was kept. */
function again<A>(read: CodecResult<A>): A {
  if (read.ok) return read.value;
  throw new Error(`content that was read before cannot be read again: ${read.error.reason}`);
}
