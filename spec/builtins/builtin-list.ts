/**
 * The built-ins that the engine uses, listed once: `npm run builtins:write` writes src/builtins/unchanged.ts from this
 * list, which captures each and compares each. Sections are compared in the order of this list.
 */

/** Properties of one object. `@@iterator` is the symbol. */
export interface BuiltinGroup {
  /** prefix of the constants that hold the captured values */
  readonly constant: string;
  /** the object, as an expression of src/builtins/capture.ts */
  readonly holder: string;
  readonly keys: readonly string[];
}

export interface BuiltinSection {
  /** the function that compares the groups */
  readonly name: string;
  readonly groups: readonly BuiltinGroup[];
}

const group = (constant: string, holder: string, keys: string): BuiltinGroup => ({
  constant,
  holder,
  keys: keys.trim().split(/\s+/),
});

export const SECTIONS: readonly BuiltinSection[] = [
  {
    name: 'sameGlobals',
    groups: [
      group(
        'GLOBAL',
        'globalThis',
        `
          Array ArrayBuffer BigInt BigInt64Array DataView Error Float64Array Int32Array JSON Map Math Number
          Object Promise RangeError Reflect Set String TextDecoder TextEncoder TypeError Uint16Array Uint32Array
          Uint8Array
        `,
      ),
    ],
  },
  {
    name: 'sameArrays',
    groups: [
      group('ARRAY', 'Array', 'from isArray of'),
      group(
        'ARRAYS',
        'Array.prototype',
        `
          at concat entries every fill filter find findIndex findLast flat flatMap forEach includes indexOf join
          keys lastIndexOf map pop push reduce reverse shift slice some sort splice unshift values @@iterator
        `,
      ),
      group('ARRAY_NEXT', 'arrayIterator', 'next'),
      group('TYPED', 'TypedArray', 'from of'),
      group(
        'TYPED_ARRAYS',
        'typed',
        `
          at copyWithin entries every fill findIndex forEach indexOf join map reduce set slice some subarray
          values @@iterator
        `,
      ),
    ],
  },
  {
    name: 'sameViews',
    groups: [
      group(
        'VIEWS',
        'DataView.prototype',
        `
          getBigInt64 getBigUint64 getFloat32 getFloat64 getInt16 getInt32 getInt8 getUint16 getUint32 getUint8
          setBigInt64 setBigUint64 setFloat32 setFloat64 setInt16 setInt32 setInt8 setUint16 setUint32 setUint8
        `,
      ),
    ],
  },
  {
    name: 'sameCollections',
    groups: [
      group('MAPS', 'Map.prototype', 'clear delete entries forEach get has keys set values @@iterator'),
      group('MAP_NEXT', 'mapIterator', 'next'),
      group('SETS', 'Set.prototype', 'add clear delete forEach has keys values @@iterator'),
      group('SET_NEXT', 'setIterator', 'next'),
    ],
  },
  {
    name: 'sameTexts',
    groups: [
      group(
        'STRINGS',
        'String.prototype',
        `
          charCodeAt codePointAt endsWith includes indexOf match padEnd padStart repeat replace replaceAll slice
          split startsWith toLowerCase toUpperCase trim @@iterator
        `,
      ),
      group('STRING_NEXT', 'stringIterator', 'next'),
      group('STRING', 'String', 'fromCharCode fromCodePoint'),
      group('REGEXPS', 'RegExp.prototype', 'exec test @@match @@replace @@split'),
      group('JSON_TEXT', 'JSON', 'parse stringify'),
      group('DECODERS', 'TextDecoder.prototype', 'decode'),
      group('ENCODERS', 'TextEncoder.prototype', 'encode encodeInto'),
    ],
  },
  {
    name: 'sameNumbers',
    groups: [
      group('NUMBER', 'Number', 'isFinite isInteger isNaN isSafeInteger parseInt'),
      group('NUMBERS', 'Number.prototype', 'toString'),
      group('BIGINT', 'BigInt', 'asIntN asUintN'),
      group('BIGINTS', 'BigInt.prototype', 'toString'),
      group('MATH', 'Math', 'abs ceil clz32 floor fround imul log2 max min round sqrt trunc'),
    ],
  },
  {
    name: 'sameObjects',
    groups: [
      group(
        'OBJECT',
        'Object',
        `
          assign create defineProperty entries freeze fromEntries getOwnPropertyDescriptor getPrototypeOf hasOwn
          is isFrozen keys values
        `,
      ),
      group('OBJECTS', 'Object.prototype', 'hasOwnProperty toString'),
      group('FUNCTIONS', 'Function.prototype', 'apply bind call'),
      group('REFLECT', 'Reflect', 'apply'),
    ],
  },
  {
    name: 'sameWebAssembly',
    groups: [
      group('WASM', 'wasm', 'Global Instance Memory Module Table compile'),
      group('MEMORIES', 'wasm.Memory.prototype', 'grow'),
      group('TABLES', 'wasm.Table.prototype', 'get grow set'),
    ],
  },
];

/** Comparisons that also accept another, equally good value, by the property. */
export const SERVES_AS_WELL: Readonly<Record<string, string>> = {
  'globalThis.Error': 'globalThis.Error.prototype === ERROR_PROTOTYPE',
  'DataView.prototype.setFloat32': 'setsFloats()',
  'DataView.prototype.setFloat64': 'setsFloats()',
};

/** Accessors: the object, the property, and its expected value on an object of `PROBED`. */
export const ACCESSORS: readonly (readonly [holder: string, key: string, probe: string, wanted: string])[] = [
  ['Map.prototype', 'size', 'map.size', '1'],
  ['Set.prototype', 'size', 'set.size', '1'],
  ['ArrayBuffer.prototype', 'byteLength', 'PROBED_BUFFER.byteLength', '16'],
  ['typed', 'buffer', 'bytes.buffer', 'PROBED_BUFFER'],
  ['typed', 'byteLength', 'bytes.byteLength', '5'],
  ['typed', 'byteOffset', 'bytes.byteOffset', '2'],
  ['typed', 'length', 'bytes.length', '5'],
  ['DataView.prototype', 'buffer', 'view.buffer', 'PROBED_BUFFER'],
  ['DataView.prototype', 'byteLength', 'view.byteLength', '6'],
];
