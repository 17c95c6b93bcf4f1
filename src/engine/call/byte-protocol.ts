/** A call of the byte ABI: the guest allocates, the payload is written into its memory, what it returns is copied out. docs/ABI.md. */
import type { Hash } from '../../base/hash.js';
import { own } from '../../base/own.js';
import { UsageError } from '../../base/usage-error.js';
import { callByteExport, checkByteCall } from '../../boundary/byte-abi.js';
import type { Generation } from '../../boundary/generation.js';
import { isExternResult } from '../../boundary/validation.js';
import type { GuestInstance } from '../../machine/instance.js';
import { ByteGuest, type ExportTypes } from './byte-guest.js';
import { ByteInput } from './byte-input.js';
import { type CalledModule, functionExport, type Protocol } from './call-attempt.js';

/** How the output of a byte call is judged. */
export interface OutputOptions {
  /** Which `WasmError` an output may hold. Default `'0.6'`: Holochain 0.3 to 0.6. */
  readonly generation?: Generation;
  /** Whether an output can be what the export promises; if not, the call is `breached`. Default: `Result<ExternIO, WasmError>`. */
  readonly isDecodable?: (output: Uint8Array) => boolean;
}

export class ByteProtocol implements Protocol<Uint8Array> {
  readonly #input: ByteInput;
  readonly #payloadBytesMax: number;
  readonly #isDecodable: (output: Uint8Array) => boolean;

  /**
   * @param constants are hashed behind the payload
   * @throws UsageError if there is no such function, or the payload is too long
   */
  constructor(
    called: CalledModule,
    readonly exportTypes: ExportTypes,
    readonly exportName: string,
    readonly payload: Uint8Array,
    constants: () => Uint8Array,
    options: OutputOptions,
  ) {
    this.#payloadBytesMax = called.limits.payloadBytes;
    functionExport(called, exportName);
    this.#checkPayload();
    const generation = own(options, 'generation') ?? '0.6';
    this.#isDecodable = own(options, 'isDecodable') ?? ((output) => isExternResult(output, generation));
    this.#input = new ByteInput(payload, constants());
  }

  #checkPayload(): void {
    const exportType = (name: string) => this.exportTypes.of(name);
    const fault = checkByteCall({ exportType }, this.exportName, this.payload, this.#payloadBytesMax);
    if (fault?.code !== 'payload-too-long') return;
    throw new UsageError(
      'payload-too-long',
      `the payload is ${fault.lengthBytes} bytes; the limit payloadBytes is ${fault.payloadBytesMax}`,
    );
  }

  inputHash(hash: Hash): Uint8Array {
    return this.#input.hash(hash);
  }

  run(instance: GuestInstance): Uint8Array | undefined {
    const { hash } = instance.store;
    const guest = new ByteGuest(instance, this.exportTypes, (written) => this.#input.placed(written, hash));
    const called = callByteExport(guest, this.exportName, this.payload, {
      payloadBytesMax: this.#payloadBytesMax,
      isDecodable: this.#isDecodable,
    });
    if (called.kind === 'breached') instance.store.gauge.stopWith(called);
    return called.kind === 'returned' ? called.output : undefined;
  }

  outputBytes(output: Uint8Array): Uint8Array {
    return output;
  }
}
