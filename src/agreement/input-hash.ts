/** The input hash of a call's receipt, computed without making the call. docs/SEMANTICS.md, section 8. */
import { fromHex, hash, toHex } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { LIMITS_1 } from '../base/limits.js';
import { externPayload } from '../boundary/validation.js';
import { decode } from '../decode/decode.js';
import { constantBytes } from '../engine/imports/constant-bytes.js';
import { bitsOfValue, valueTypeCode } from '../engine/imports/typed-values.js';
import { valueBytes } from '../machine/value-bytes.js';
import { parseValue, type Value } from '../wasm/value.js';
import type { AgreementCall, AgreementModule } from './agreement-call.js';
import { hostsNamed } from './host-set.js';

/** In hexadecimal. */
export async function inputHash(module: AgreementModule, call: AgreementCall): Promise<string> {
  const input = inputBytes(call);
  const decoded = decode(module.bytes, LIMITS_1).module;
  if (decoded.importedGlobals === 0) return toHex(hash(input));
  const constants = constantBytes(decoded, await hostsNamed(module.hosts));
  return toHex(hash(joinedBytes(input, constants)));
}

function inputBytes(call: AgreementCall): Uint8Array {
  switch (call.kind) {
    case 'values': {
      const values = call.args.map(parsed);
      return valueBytes(
        Uint8Array.from(values, ({ type }) => valueTypeCode(type)),
        values.map(bitsOfValue),
      );
    }
    case 'bytes':
      return fromHex(call.payload);
    case 'validate':
      return externPayload(fromHex(call.entry));
    case 'op':
      return externPayload(fromHex(call.op));
  }
}

function parsed(text: string): Value {
  const value = parseValue(text);
  if (value.ok) return value.value;
  throw new RangeError(value.message);
}
