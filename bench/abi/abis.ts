/**
 * The compared ABIs, as steps: what a host does to a guest for one call. Every engine runs the same steps: ours and V8
 * in `step-runners.ts`, the native ones in bench/peers/src/steps.rs.
 */
import { CBOR, type Codec, MESSAGE_PACK, REQUEST_BYTES, type Request, STRUCTS, scoreOf } from './requests.js';

/** The source of a number: an i32, an i64 as a bigint, or a slot that an earlier step has set, whole or half. */
export type Source = { readonly number: number | bigint } | { readonly [part in 'slot' | 'high' | 'low']?: number };

export type Step =
  | { readonly kind: 'call'; readonly function: string; readonly args: readonly Source[]; readonly into: number }
  | { readonly kind: 'write'; readonly bytes: Uint8Array; readonly at: Source }
  /** The bytes are copied; if their value is known, it is compared when a run is checked. */
  | { readonly kind: 'read'; readonly at: Source; readonly length: Source; readonly expected: Uint8Array | undefined }
  | { readonly kind: 'expect-value'; readonly value: bigint; readonly slot: number };

export interface Plan {
  /** Once for each instance. */
  readonly ready: readonly Step[];
  readonly steps: readonly Step[];
}

/** `loaded`: everything possible is done before the call. `hot`: each call passes its arguments. */
export type Loading = 'loaded' | 'hot';

export interface Abi {
  readonly name: string;
  /** None: values are passed directly. */
  readonly codec: Codec | undefined;
  /** @param output the result of the guest, in the form of the ABI, if it is known */
  plan(requests: readonly Request[], loading: Loading, output?: Uint8Array): Plan;
}

export const ALLOCATE = '__hc__allocate_1';
export const DEALLOCATE = '__hc__deallocate_1';

const count = (requests: readonly Request[]): Source => ({ number: requests.length });
const call = (name: string, args: readonly Source[], into: number): Step => ({
  kind: 'call',
  function: name,
  args,
  into,
});

const [INPUT, RESULT] = [0, 1];

const DIRECT: Abi = {
  name: 'direct values',
  codec: undefined,
  plan: (requests) => ({
    ready: [],
    steps: requests.flatMap((request): Step[] => [
      call('pair', [{ number: request.key }, { number: request.size }], RESULT),
      { kind: 'expect-value', value: scoreOf(request), slot: RESULT },
    ]),
  }),
};

const STRUCT_STATIC: Abi = {
  name: 'struct, static',
  codec: STRUCTS,
  plan: (requests, loading, output) => {
    const write: Step = { kind: 'write', bytes: STRUCTS.encode(requests), at: { slot: INPUT } };
    return {
      ready: [call('requests_at', [], INPUT), ...(loading === 'loaded' ? [write] : [])],
      steps: [
        ...(loading === 'hot' ? [write] : []),
        call('struct_static', [count(requests)], RESULT),
        { kind: 'read', at: { slot: INPUT }, length: { number: REQUEST_BYTES * requests.length }, expected: output },
      ],
    };
  },
};

const STRUCT_DYNAMIC: Abi = {
  name: 'struct, dynamic',
  codec: STRUCTS,
  plan: (requests, loading, output) => {
    const bytes = STRUCTS.encode(requests);
    const before: Step[] = [
      call(ALLOCATE, [{ number: bytes.length }], INPUT),
      { kind: 'write', bytes, at: { slot: INPUT } },
    ];
    const between: Step[] = [
      call('struct_dynamic', [{ slot: INPUT }, count(requests)], RESULT),
      { kind: 'read', at: { slot: INPUT }, length: { number: bytes.length }, expected: output },
    ];
    const after = call(DEALLOCATE, [{ slot: INPUT }, { number: bytes.length }], RESULT);
    return loading === 'loaded'
      ? { ready: before, steps: between }
      : { ready: [], steps: [...before, ...between, after] };
  },
};

/** The guest frees its input, so it is written for each call. */
function serialized(name: string, exportName: string, codec: Codec): Abi {
  return {
    name,
    codec,
    plan: (requests, _loading, output) => {
      const bytes = codec.encode(requests);
      return {
        ready: [],
        steps: [
          call(ALLOCATE, [{ number: bytes.length }], INPUT),
          { kind: 'write', bytes, at: { slot: INPUT } },
          call(exportName, [{ slot: INPUT }, { number: bytes.length }], RESULT),
          { kind: 'read', at: { high: RESULT }, length: { low: RESULT }, expected: output },
          call(DEALLOCATE, [{ high: RESULT }, { low: RESULT }], INPUT),
        ],
      };
    },
  };
}

export const ABIS: readonly Abi[] = [
  DIRECT,
  STRUCT_STATIC,
  STRUCT_DYNAMIC,
  serialized('MessagePack', 'message_pack', MESSAGE_PACK),
  serialized('CBOR', 'cbor', CBOR),
];
