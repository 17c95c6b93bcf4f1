/**
 * Written by `npm run builtins:write` from the list in spec/builtins. Captures the built-ins when it is loaded, and compares them.
 *
 * Written out: each comparison is a load that the host's compiler can fold, a loop over the rows takes 300 times as long.
 */
import {
  arrayIterator,
  captured,
  capturedAccessors,
  iterator,
  mapIterator,
  match,
  NOTHING,
  replace,
  setIterator,
  split,
  stringIterator,
  TypedArray,
  typed,
  wasm,
} from './capture.js';
import { ERROR_PROTOTYPE, PROBED, PROBED_BUFFER, setsFloats } from './probes.js';

const GLOBAL = captured(globalThis, [
  'Array',
  'ArrayBuffer',
  'BigInt',
  'BigInt64Array',
  'DataView',
  'Error',
  'Float64Array',
  'Int32Array',
  'JSON',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'RangeError',
  'Reflect',
  'Set',
  'String',
  'TextDecoder',
  'TextEncoder',
  'TypeError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
]);
const ARRAY = captured(Array, ['from', 'isArray', 'of']);
const ARRAYS = captured(Array.prototype, [
  'at',
  'concat',
  'entries',
  'every',
  'fill',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'flat',
  'flatMap',
  'forEach',
  'includes',
  'indexOf',
  'join',
  'keys',
  'lastIndexOf',
  'map',
  'pop',
  'push',
  'reduce',
  'reverse',
  'shift',
  'slice',
  'some',
  'sort',
  'splice',
  'unshift',
  'values',
  iterator,
]);
const ARRAY_NEXT = captured(arrayIterator, ['next']);
const TYPED = captured(TypedArray, ['from', 'of']);
const TYPED_ARRAYS = captured(typed, [
  'at',
  'copyWithin',
  'entries',
  'every',
  'fill',
  'findIndex',
  'forEach',
  'indexOf',
  'join',
  'map',
  'reduce',
  'set',
  'slice',
  'some',
  'subarray',
  'values',
  iterator,
]);
const VIEWS = captured(DataView.prototype, [
  'getBigInt64',
  'getBigUint64',
  'getFloat32',
  'getFloat64',
  'getInt16',
  'getInt32',
  'getInt8',
  'getUint16',
  'getUint32',
  'getUint8',
  'setBigInt64',
  'setBigUint64',
  'setFloat32',
  'setFloat64',
  'setInt16',
  'setInt32',
  'setInt8',
  'setUint16',
  'setUint32',
  'setUint8',
]);
const MAPS = captured(Map.prototype, [
  'clear',
  'delete',
  'entries',
  'forEach',
  'get',
  'has',
  'keys',
  'set',
  'values',
  iterator,
]);
const MAP_NEXT = captured(mapIterator, ['next']);
const SETS = captured(Set.prototype, ['add', 'clear', 'delete', 'forEach', 'has', 'keys', 'values', iterator]);
const SET_NEXT = captured(setIterator, ['next']);
const STRINGS = captured(String.prototype, [
  'charCodeAt',
  'codePointAt',
  'endsWith',
  'includes',
  'indexOf',
  'match',
  'padEnd',
  'padStart',
  'repeat',
  'replace',
  'replaceAll',
  'slice',
  'split',
  'startsWith',
  'toLowerCase',
  'toUpperCase',
  'trim',
  iterator,
]);
const STRING_NEXT = captured(stringIterator, ['next']);
const STRING = captured(String, ['fromCharCode', 'fromCodePoint']);
const REGEXPS = captured(RegExp.prototype, ['exec', 'test', match, replace, split]);
const JSON_TEXT = captured(JSON, ['parse', 'stringify']);
const DECODERS = captured(TextDecoder.prototype, ['decode']);
const ENCODERS = captured(TextEncoder.prototype, ['encode', 'encodeInto']);
const NUMBER = captured(Number, ['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseInt']);
const NUMBERS = captured(Number.prototype, ['toString']);
const BIGINT = captured(BigInt, ['asIntN', 'asUintN']);
const BIGINTS = captured(BigInt.prototype, ['toString']);
const MATH = captured(Math, [
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'log2',
  'max',
  'min',
  'round',
  'sqrt',
  'trunc',
]);
const OBJECT = captured(Object, [
  'assign',
  'create',
  'defineProperty',
  'entries',
  'freeze',
  'fromEntries',
  'getOwnPropertyDescriptor',
  'getPrototypeOf',
  'hasOwn',
  'is',
  'isFrozen',
  'keys',
  'values',
]);
const OBJECTS = captured(Object.prototype, ['hasOwnProperty', 'toString']);
const FUNCTIONS = captured(Function.prototype, ['apply', 'bind', 'call']);
const REFLECT = captured(Reflect, ['apply']);
const WASM = captured(wasm ?? NOTHING, ['Global', 'Instance', 'Memory', 'Module', 'Table', 'compile']);
const MEMORIES = captured(wasm?.Memory.prototype ?? NOTHING, ['grow']);
const TABLES = captured(wasm?.Table.prototype ?? NOTHING, ['get', 'grow', 'set']);
capturedAccessors(Map.prototype, ['size']);
capturedAccessors(Set.prototype, ['size']);
capturedAccessors(ArrayBuffer.prototype, ['byteLength']);
capturedAccessors(typed, ['buffer']);
capturedAccessors(typed, ['byteLength']);
capturedAccessors(typed, ['byteOffset']);
capturedAccessors(typed, ['length']);
capturedAccessors(DataView.prototype, ['buffer']);
capturedAccessors(DataView.prototype, ['byteLength']);

function sameGlobals(): boolean {
  return (
    globalThis.Array === GLOBAL.Array &&
    globalThis.ArrayBuffer === GLOBAL.ArrayBuffer &&
    globalThis.BigInt === GLOBAL.BigInt &&
    globalThis.BigInt64Array === GLOBAL.BigInt64Array &&
    globalThis.DataView === GLOBAL.DataView &&
    (globalThis.Error === GLOBAL.Error || globalThis.Error.prototype === ERROR_PROTOTYPE) &&
    globalThis.Float64Array === GLOBAL.Float64Array &&
    globalThis.Int32Array === GLOBAL.Int32Array &&
    globalThis.JSON === GLOBAL.JSON &&
    globalThis.Map === GLOBAL.Map &&
    globalThis.Math === GLOBAL.Math &&
    globalThis.Number === GLOBAL.Number &&
    globalThis.Object === GLOBAL.Object &&
    globalThis.Promise === GLOBAL.Promise &&
    globalThis.RangeError === GLOBAL.RangeError &&
    globalThis.Reflect === GLOBAL.Reflect &&
    globalThis.Set === GLOBAL.Set &&
    globalThis.String === GLOBAL.String &&
    globalThis.TextDecoder === GLOBAL.TextDecoder &&
    globalThis.TextEncoder === GLOBAL.TextEncoder &&
    globalThis.TypeError === GLOBAL.TypeError &&
    globalThis.Uint16Array === GLOBAL.Uint16Array &&
    globalThis.Uint32Array === GLOBAL.Uint32Array &&
    globalThis.Uint8Array === GLOBAL.Uint8Array
  );
}

function sameArrays(): boolean {
  return (
    Array.from === ARRAY.from &&
    Array.isArray === ARRAY.isArray &&
    Array.of === ARRAY.of &&
    Array.prototype.at === ARRAYS.at &&
    Array.prototype.concat === ARRAYS.concat &&
    Array.prototype.entries === ARRAYS.entries &&
    Array.prototype.every === ARRAYS.every &&
    Array.prototype.fill === ARRAYS.fill &&
    Array.prototype.filter === ARRAYS.filter &&
    Array.prototype.find === ARRAYS.find &&
    Array.prototype.findIndex === ARRAYS.findIndex &&
    Array.prototype.findLast === ARRAYS.findLast &&
    Array.prototype.flat === ARRAYS.flat &&
    Array.prototype.flatMap === ARRAYS.flatMap &&
    Array.prototype.forEach === ARRAYS.forEach &&
    Array.prototype.includes === ARRAYS.includes &&
    Array.prototype.indexOf === ARRAYS.indexOf &&
    Array.prototype.join === ARRAYS.join &&
    Array.prototype.keys === ARRAYS.keys &&
    Array.prototype.lastIndexOf === ARRAYS.lastIndexOf &&
    Array.prototype.map === ARRAYS.map &&
    Array.prototype.pop === ARRAYS.pop &&
    Array.prototype.push === ARRAYS.push &&
    Array.prototype.reduce === ARRAYS.reduce &&
    Array.prototype.reverse === ARRAYS.reverse &&
    Array.prototype.shift === ARRAYS.shift &&
    Array.prototype.slice === ARRAYS.slice &&
    Array.prototype.some === ARRAYS.some &&
    Array.prototype.sort === ARRAYS.sort &&
    Array.prototype.splice === ARRAYS.splice &&
    Array.prototype.unshift === ARRAYS.unshift &&
    Array.prototype.values === ARRAYS.values &&
    Array.prototype[iterator] === ARRAYS[iterator] &&
    arrayIterator.next === ARRAY_NEXT.next &&
    TypedArray.from === TYPED.from &&
    TypedArray.of === TYPED.of &&
    typed.at === TYPED_ARRAYS.at &&
    typed.copyWithin === TYPED_ARRAYS.copyWithin &&
    typed.entries === TYPED_ARRAYS.entries &&
    typed.every === TYPED_ARRAYS.every &&
    typed.fill === TYPED_ARRAYS.fill &&
    typed.findIndex === TYPED_ARRAYS.findIndex &&
    typed.forEach === TYPED_ARRAYS.forEach &&
    typed.indexOf === TYPED_ARRAYS.indexOf &&
    typed.join === TYPED_ARRAYS.join &&
    typed.map === TYPED_ARRAYS.map &&
    typed.reduce === TYPED_ARRAYS.reduce &&
    typed.set === TYPED_ARRAYS.set &&
    typed.slice === TYPED_ARRAYS.slice &&
    typed.some === TYPED_ARRAYS.some &&
    typed.subarray === TYPED_ARRAYS.subarray &&
    typed.values === TYPED_ARRAYS.values &&
    typed[iterator] === TYPED_ARRAYS[iterator]
  );
}

function sameViews(): boolean {
  return (
    DataView.prototype.getBigInt64 === VIEWS.getBigInt64 &&
    DataView.prototype.getBigUint64 === VIEWS.getBigUint64 &&
    DataView.prototype.getFloat32 === VIEWS.getFloat32 &&
    DataView.prototype.getFloat64 === VIEWS.getFloat64 &&
    DataView.prototype.getInt16 === VIEWS.getInt16 &&
    DataView.prototype.getInt32 === VIEWS.getInt32 &&
    DataView.prototype.getInt8 === VIEWS.getInt8 &&
    DataView.prototype.getUint16 === VIEWS.getUint16 &&
    DataView.prototype.getUint32 === VIEWS.getUint32 &&
    DataView.prototype.getUint8 === VIEWS.getUint8 &&
    DataView.prototype.setBigInt64 === VIEWS.setBigInt64 &&
    DataView.prototype.setBigUint64 === VIEWS.setBigUint64 &&
    (DataView.prototype.setFloat32 === VIEWS.setFloat32 || setsFloats()) &&
    (DataView.prototype.setFloat64 === VIEWS.setFloat64 || setsFloats()) &&
    DataView.prototype.setInt16 === VIEWS.setInt16 &&
    DataView.prototype.setInt32 === VIEWS.setInt32 &&
    DataView.prototype.setInt8 === VIEWS.setInt8 &&
    DataView.prototype.setUint16 === VIEWS.setUint16 &&
    DataView.prototype.setUint32 === VIEWS.setUint32 &&
    DataView.prototype.setUint8 === VIEWS.setUint8
  );
}

function sameCollections(): boolean {
  return (
    Map.prototype.clear === MAPS.clear &&
    Map.prototype.delete === MAPS.delete &&
    Map.prototype.entries === MAPS.entries &&
    Map.prototype.forEach === MAPS.forEach &&
    Map.prototype.get === MAPS.get &&
    Map.prototype.has === MAPS.has &&
    Map.prototype.keys === MAPS.keys &&
    Map.prototype.set === MAPS.set &&
    Map.prototype.values === MAPS.values &&
    Map.prototype[iterator] === MAPS[iterator] &&
    mapIterator.next === MAP_NEXT.next &&
    Set.prototype.add === SETS.add &&
    Set.prototype.clear === SETS.clear &&
    Set.prototype.delete === SETS.delete &&
    Set.prototype.forEach === SETS.forEach &&
    Set.prototype.has === SETS.has &&
    Set.prototype.keys === SETS.keys &&
    Set.prototype.values === SETS.values &&
    Set.prototype[iterator] === SETS[iterator] &&
    setIterator.next === SET_NEXT.next
  );
}

function sameTexts(): boolean {
  return (
    String.prototype.charCodeAt === STRINGS.charCodeAt &&
    String.prototype.codePointAt === STRINGS.codePointAt &&
    String.prototype.endsWith === STRINGS.endsWith &&
    String.prototype.includes === STRINGS.includes &&
    String.prototype.indexOf === STRINGS.indexOf &&
    String.prototype.match === STRINGS.match &&
    String.prototype.padEnd === STRINGS.padEnd &&
    String.prototype.padStart === STRINGS.padStart &&
    String.prototype.repeat === STRINGS.repeat &&
    String.prototype.replace === STRINGS.replace &&
    String.prototype.replaceAll === STRINGS.replaceAll &&
    String.prototype.slice === STRINGS.slice &&
    String.prototype.split === STRINGS.split &&
    String.prototype.startsWith === STRINGS.startsWith &&
    String.prototype.toLowerCase === STRINGS.toLowerCase &&
    String.prototype.toUpperCase === STRINGS.toUpperCase &&
    String.prototype.trim === STRINGS.trim &&
    String.prototype[iterator] === STRINGS[iterator] &&
    stringIterator.next === STRING_NEXT.next &&
    String.fromCharCode === STRING.fromCharCode &&
    String.fromCodePoint === STRING.fromCodePoint &&
    RegExp.prototype.exec === REGEXPS.exec &&
    RegExp.prototype.test === REGEXPS.test &&
    RegExp.prototype[match] === REGEXPS[match] &&
    RegExp.prototype[replace] === REGEXPS[replace] &&
    RegExp.prototype[split] === REGEXPS[split] &&
    JSON.parse === JSON_TEXT.parse &&
    JSON.stringify === JSON_TEXT.stringify &&
    TextDecoder.prototype.decode === DECODERS.decode &&
    TextEncoder.prototype.encode === ENCODERS.encode &&
    TextEncoder.prototype.encodeInto === ENCODERS.encodeInto
  );
}

function sameNumbers(): boolean {
  return (
    Number.isFinite === NUMBER.isFinite &&
    Number.isInteger === NUMBER.isInteger &&
    Number.isNaN === NUMBER.isNaN &&
    Number.isSafeInteger === NUMBER.isSafeInteger &&
    Number.parseInt === NUMBER.parseInt &&
    Number.prototype.toString === NUMBERS.toString &&
    BigInt.asIntN === BIGINT.asIntN &&
    BigInt.asUintN === BIGINT.asUintN &&
    BigInt.prototype.toString === BIGINTS.toString &&
    Math.abs === MATH.abs &&
    Math.ceil === MATH.ceil &&
    Math.clz32 === MATH.clz32 &&
    Math.floor === MATH.floor &&
    Math.fround === MATH.fround &&
    Math.imul === MATH.imul &&
    Math.log2 === MATH.log2 &&
    Math.max === MATH.max &&
    Math.min === MATH.min &&
    Math.round === MATH.round &&
    Math.sqrt === MATH.sqrt &&
    Math.trunc === MATH.trunc
  );
}

function sameObjects(): boolean {
  return (
    Object.assign === OBJECT.assign &&
    Object.create === OBJECT.create &&
    Object.defineProperty === OBJECT.defineProperty &&
    Object.entries === OBJECT.entries &&
    Object.freeze === OBJECT.freeze &&
    Object.fromEntries === OBJECT.fromEntries &&
    Object.getOwnPropertyDescriptor === OBJECT.getOwnPropertyDescriptor &&
    Object.getPrototypeOf === OBJECT.getPrototypeOf &&
    Object.hasOwn === OBJECT.hasOwn &&
    Object.is === OBJECT.is &&
    Object.isFrozen === OBJECT.isFrozen &&
    Object.keys === OBJECT.keys &&
    Object.values === OBJECT.values &&
    Object.prototype.hasOwnProperty === OBJECTS.hasOwnProperty &&
    Object.prototype.toString === OBJECTS.toString &&
    Function.prototype.apply === FUNCTIONS.apply &&
    Function.prototype.bind === FUNCTIONS.bind &&
    Function.prototype.call === FUNCTIONS.call &&
    Reflect.apply === REFLECT.apply
  );
}

function sameWebAssembly(): boolean {
  if (wasm === undefined) return true;
  return (
    wasm.Global === WASM.Global &&
    wasm.Instance === WASM.Instance &&
    wasm.Memory === WASM.Memory &&
    wasm.Module === WASM.Module &&
    wasm.Table === WASM.Table &&
    wasm.compile === WASM.compile &&
    wasm.Memory.prototype.grow === MEMORIES.grow &&
    wasm.Table.prototype.get === TABLES.get &&
    wasm.Table.prototype.grow === TABLES.grow &&
    wasm.Table.prototype.set === TABLES.set
  );
}

function sameAccessors(): boolean {
  const { map, set, bytes, view } = PROBED;
  return (
    map.size === 1 &&
    set.size === 1 &&
    PROBED_BUFFER.byteLength === 16 &&
    bytes.buffer === PROBED_BUFFER &&
    bytes.byteLength === 5 &&
    bytes.byteOffset === 2 &&
    bytes.length === 5 &&
    view.buffer === PROBED_BUFFER &&
    view.byteLength === 6
  );
}

/** Whether every built-in is the one that was there, or serves as well. */
export function areUnchanged(): boolean {
  return (
    sameGlobals() &&
    sameAccessors() &&
    sameArrays() &&
    sameViews() &&
    sameCollections() &&
    sameTexts() &&
    sameNumbers() &&
    sameObjects() &&
    sameWebAssembly()
  );
}
