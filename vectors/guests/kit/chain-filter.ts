// Which part of an agent's chain, from its newest action `chainTop` back; in the form of Holochain 0.6 (`limit_conditions`).

import { Hash } from './hash';
import { Writer } from './message-pack-writer';

const enum Limit {
  Genesis,
  Take,
  Timestamp,
  Hash,
}

@final
export class ChainFilter {
  private constructor(
    private chainTop: Hash,
    private limit: Limit,
    private number: i64,
    private hash: Hash,
  ) {}

  /** Whether entries that the host has at hand are to be answered too. */
  withCachedEntries: bool = false;

  static toGenesis(chainTop: Hash): ChainFilter {
    return new ChainFilter(chainTop, Limit.Genesis, 0, Hash.none());
  }

  /** The newest `count` actions. */
  static take(chainTop: Hash, count: u32): ChainFilter {
    return new ChainFilter(chainTop, Limit.Take, count, Hash.none());
  }

  /** Back to this time, in microseconds. */
  static untilTimestamp(chainTop: Hash, micros: i64): ChainFilter {
    return new ChainFilter(chainTop, Limit.Timestamp, micros, Hash.none());
  }

  /** Back to this action, which is answered too. */
  static untilHash(chainTop: Hash, action: Hash): ChainFilter {
    return new ChainFilter(chainTop, Limit.Hash, 0, action);
  }

  write(to: Writer): Writer {
    to.mapOf(3).string('chain_top').hash(this.chainTop).string('limit_conditions');
    switch (this.limit) {
      case Limit.Take:
        to.mapOf(1).string('Take').integer(this.number);
        break;
      case Limit.Timestamp:
        to.mapOf(1).string('UntilTimestamp').integer(this.number);
        break;
      case Limit.Hash:
        to.mapOf(1).string('UntilHash').arrayOf(1).hash(this.hash);
        break;
      default:
        to.string('ToGenesis');
    }
    return to.string('include_cached_entries').boolean(this.withCachedEntries);
  }
}
