/** Equivalents of built-ins, and the objects on which accessors are probed. */

const { getOwnPropertyDescriptor } = Reflect;

/** Accessors are called on this: looking at an accessor itself needs a descriptor, which is a hundred times as slow. */
export const PROBED_BUFFER = new ArrayBuffer(16);
export const PROBED = {
  map: new Map([[0, 0]]),
  set: new Set([0]),
  bytes: new Uint8Array(PROBED_BUFFER, 2, 5),
  view: new DataView(PROBED_BUFFER, 2, 6),
};
export const ERROR_PROTOTYPE = Error.prototype;

/** Floats and their bits; for a NaN, any NaN bits are accepted. */
const FLOATS: readonly (readonly [value: number, bits32: number, bits64: bigint])[] = [
  [1.5, 0x3fc0_0000, 0x3ff8_0000_0000_0000n],
  [-0, 0x8000_0000, 0x8000_0000_0000_0000n],
  [0.1, 0x3dcc_cccd, 0x3fb9_9999_9999_999an],
  [-1e40, 0xff80_0000, 0xc83d_6329_f1c3_5ca5n],
  [Number.NEGATIVE_INFINITY, 0xff80_0000, 0xfff0_0000_0000_0000n],
];

/** Whether frozen float setters write what the language specifies: being frozen, they cannot change later. */
export function setsFloats(): boolean {
  for (const key of ['setFloat32', 'setFloat64'] as const) {
    const found = getOwnPropertyDescriptor(DataView.prototype, key);
    if (found === undefined || found.configurable === true) return false;
  }
  const view = new DataView(new ArrayBuffer(8));
  for (let at = 0; at < FLOATS.length; at++) {
    const [value, bits32, bits64] = FLOATS[at];
    for (let little = 0; little < 2; little++) {
      view.setFloat32(0, value, little === 1);
      if (view.getUint32(0, little === 1) !== bits32) return false;
      view.setFloat64(0, value, little === 1);
      if (view.getBigUint64(0, little === 1) !== bits64) return false;
    }
  }
  return true;
}
