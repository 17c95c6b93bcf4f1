/**
 * Calls of each ABI as a user of the package makes them, with receipts: by the engine, with a new instance for each
 * call, or in a session.
 */
import { createEngine, i32, i64, type LoadedModule } from '../../src/index.js';
import { openSession, type Session, type SessionOptions } from '../../src/session/index.js';
import type { Value } from '../../src/wasm/value.js';
import type { Tier } from '../tiers.js';
import { type Abi, ALLOCATE, DEALLOCATE } from './abis.js';
import { CBOR, type Codec, MESSAGE_PACK, type Request, STRUCTS, scoreOf } from './requests.js';

export interface ReceiptRun {
  run(): void;
  /** Of the last run, from its receipts: instantiation, guest and boundary. */
  fuel(): number;
}

interface Called {
  readonly outcome: { readonly kind: string };
  readonly receipt: { readonly fuel: { readonly used: number } };
}

export async function onEngine(bytes: Uint8Array, tier: Tier) {
  const loaded = await createEngine({ tier: tier.name }).load(bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  const { module } = loaded;
  return (abi: Abi, requests: readonly Request[], isKept: boolean): ReceiptRun => {
    const bill = { used: 0 };
    const way = WAYS[abi.name](requests, bill);
    const work = isKept ? inSession(module, way, bill) : anew(module, way, bill);
    work();
    return {
      run: work,
      fuel: () => bill.used,
    };
  };
}

interface Bill {
  used: number;
}

function paid<C extends Called>(bill: Bill, called: C): C {
  if (called.outcome.kind !== 'returned') throw new Error(called.outcome.kind);
  bill.used += called.receipt.fuel.used;
  return called;
}

/** A call in a session, and without one if the ABI allows it. */
interface Way {
  inSession(session: Session): void;
  readonly once?: (module: LoadedModule) => void;
}

function inSession(module: LoadedModule, way: Way, bill: Bill): () => void {
  const session = opened(module, bill);
  return () => {
    bill.used = 0;
    way.inSession(session);
  };
}

/** A struct is written between calls, so it needs a session, even for one call: of a snapshot of a new instance. */
function anew(module: LoadedModule, { once, inSession: within }: Way, bill: Bill): () => void {
  const from = opened(module, bill).snapshot();
  return () => {
    bill.used = 0;
    if (once !== undefined) return once(module);
    const session = opened(module, bill, { from });
    within(session);
    session.close();
  };
}

function opened(module: LoadedModule, bill: Bill, options: SessionOptions = {}): Session {
  const opening = openSession(module, options);
  if (!opening.ok) throw new Error('the session does not open');
  bill.used += opening.session.opening.fuel.used;
  return opening.session;
}

const pointerOf = ({ outcome }: Called): number => {
  const { values } = outcome as unknown as { readonly values: readonly { readonly bits: number }[] };
  return values[0].bits;
};

function memoryOf({ memory }: Session) {
  if (memory === undefined) throw new Error('the guest has no memory');
  return memory;
}

function checked(requests: readonly Request[], scores: readonly bigint[]): void {
  if (scores.length !== requests.length || scores[0] !== scoreOf(requests[0])) throw new Error('other scores');
}

const WAYS: Readonly<Record<string, (requests: readonly Request[], bill: Bill) => Way>> = {
  'direct values': (requests, bill) => {
    const args = requests.map(({ key, size }): readonly Value[] => [i64(key), i32(size)]);
    return {
      once: (module) => {
        for (const given of args) paid(bill, module.call('pair', given));
      },
      inSession: (session) => {
        for (const given of args) paid(bill, session.call('pair', given));
      },
    };
  },
  'struct, static': (requests, bill) => ({
    inSession: (session) => {
      const at = pointerOf(paid(bill, session.call('requests_at')));
      const bytes = STRUCTS.encode(requests);
      memoryOf(session).write(at, bytes);
      paid(bill, session.call('struct_static', [i32(requests.length)]));
      checked(requests, STRUCTS.decode(memoryOf(session).read(at, bytes.length)));
    },
  }),
  'struct, dynamic': (requests, bill) => ({
    inSession: (session) => {
      const bytes = STRUCTS.encode(requests);
      const at = pointerOf(paid(bill, session.call(ALLOCATE, [i32(bytes.length)])));
      memoryOf(session).write(at, bytes);
      paid(bill, session.call('struct_dynamic', [i32(at), i32(requests.length)]));
      checked(requests, STRUCTS.decode(memoryOf(session).read(at, bytes.length)));
      paid(bill, session.call(DEALLOCATE, [i32(at), i32(bytes.length)]));
    },
  }),
  MessagePack: (requests, bill) => bytesWay('message_pack', MESSAGE_PACK, requests, bill),
  CBOR: (requests, bill) => bytesWay('cbor', CBOR, requests, bill),
};

function bytesWay(name: string, codec: Codec, requests: readonly Request[], bill: Bill): Way {
  const options = { isDecodable: () => true };
  const call = (target: Pick<LoadedModule, 'callBytes'> | Session) => {
    const { outcome } = paid(bill, target.callBytes(name, codec.encode(requests), options));
    if (outcome.kind === 'returned') checked(requests, codec.decode(outcome.output));
  };
  return { once: call, inSession: call };
}
