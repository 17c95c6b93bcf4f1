/**
 * The cell of a zome function as host functions see it: its agent, its chain, and the inputs that replace what a
 * conductor takes from its machine. Without a cell the functions that need one are denied.
 */
import type { Agent } from './agent.js';
import type { CellCall, CellCallResponse } from './chain-data.js';
import type { HostFunctionAnswer, HostFunctionContext } from './host-function.js';
import type { SourceChain } from './source-chain.js';

export interface Cell {
  readonly agent: Agent;
  readonly chain: SourceChain;
  /** microseconds; constant during a call */
  readonly time: bigint;
  /** the next bytes of the seed's stream */
  randomBytes(length: number): Uint8Array;
  /** @param signal MessagePack */
  emitSignal(zome: string, signal: Uint8Array): void;
  sendRemoteSignal(zome: string, agents: readonly Uint8Array[], signal: Uint8Array): void;
  /** Calls a zome function of the same cell, with the caller's remaining fuel, from which it is paid. */
  call(call: CellCall, context: HostFunctionContext): HostFunctionAnswer<CellCallResponse>;
}
