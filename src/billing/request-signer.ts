/** The tenant's side of signed requests: signs the calls that a client sends (`ClientOptions.sign`). */
import { randomBytes } from 'node:crypto';
import { fromHex, toHex } from '../base/hash.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { NONCE_BYTES, requestJson, signRequest } from './request.js';

/** A call to order; hashes are in hexadecimal. */
export interface CallToOrder {
  readonly module: string;
  readonly export: string;
  /** Hash of the input, as in the receipt. */
  readonly input: string;
  readonly fuelLimit: number;
}

export interface RequestSignerOptions {
  /** 32 bytes: the tenant's private key of ed25519. */
  readonly secret: Uint8Array;
  /** Hash of the price table to which the tenant agrees, in hexadecimal. */
  readonly priceTable: string;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => number;
}

/** Signs calls, each with its own nonce, as the JSON that a service accepts. */
export function requestSigner({
  secret,
  priceTable,
  clock = Date.now,
}: RequestSignerOptions): (call: CallToOrder) => object {
  const table = fromHex(priceTable);
  return (call) => {
    const [module, input, nonce] = [
      fromHex(call.module),
      fromHex(call.input),
      new Uint8Array(randomBytes(NONCE_BYTES)),
    ];
    const { export: name, fuelLimit } = call;
    return requestJson(
      signRequest({ module, export: name, input, fuelLimit, priceTable: table, nonce, at: clock() }, secret),
    );
  };
}

/** The call to order for a receipt that a local dry run has produced. */
export function callToOrder({ module, export: name, input, fuel }: Receipt): CallToOrder {
  return { module: toHex(module), export: name, input: toHex(input), fuelLimit: fuel.limit };
}
