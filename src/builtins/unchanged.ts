/**
 * Written by `npm run builtins:write` from the list in spec/builtins. Captures the built-ins when it is loaded, and compares them.
 *
 * Written out: each comparison is a load that the host's compiler can fold, a loop over the rows takes 300 times as long.
 */
import {
  arrayIterator,
  captured,
  capturedAccessor,
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

const GLOBAL_Array = captured(globalThis, 'Array');
const GLOBAL_ArrayBuffer = captured(globalThis, 'ArrayBuffer');
const GLOBAL_BigInt = captured(globalThis, 'BigInt');
const GLOBAL_BigInt64Array = captured(globalThis, 'BigInt64Array');
const GLOBAL_DataView = captured(globalThis, 'DataView');
const GLOBAL_Error = captured(globalThis, 'Error');
const GLOBAL_Float64Array = captured(globalThis, 'Float64Array');
const GLOBAL_Int32Array = captured(globalThis, 'Int32Array');
const GLOBAL_JSON = captured(globalThis, 'JSON');
const GLOBAL_Map = captured(globalThis, 'Map');
const GLOBAL_Math = captured(globalThis, 'Math');
const GLOBAL_Number = captured(globalThis, 'Number');
const GLOBAL_Object = captured(globalThis, 'Object');
const GLOBAL_Promise = captured(globalThis, 'Promise');
const GLOBAL_RangeError = captured(globalThis, 'RangeError');
const GLOBAL_Reflect = captured(globalThis, 'Reflect');
const GLOBAL_Set = captured(globalThis, 'Set');
const GLOBAL_String = captured(globalThis, 'String');
const GLOBAL_TextDecoder = captured(globalThis, 'TextDecoder');
const GLOBAL_TextEncoder = captured(globalThis, 'TextEncoder');
const GLOBAL_TypeError = captured(globalThis, 'TypeError');
const GLOBAL_Uint16Array = captured(globalThis, 'Uint16Array');
const GLOBAL_Uint32Array = captured(globalThis, 'Uint32Array');
const GLOBAL_Uint8Array = captured(globalThis, 'Uint8Array');
const ARRAY_from = captured(Array, 'from');
const ARRAY_isArray = captured(Array, 'isArray');
const ARRAY_of = captured(Array, 'of');
const ARRAYS_at = captured(Array.prototype, 'at');
const ARRAYS_concat = captured(Array.prototype, 'concat');
const ARRAYS_entries = captured(Array.prototype, 'entries');
const ARRAYS_every = captured(Array.prototype, 'every');
const ARRAYS_fill = captured(Array.prototype, 'fill');
const ARRAYS_filter = captured(Array.prototype, 'filter');
const ARRAYS_find = captured(Array.prototype, 'find');
const ARRAYS_findIndex = captured(Array.prototype, 'findIndex');
const ARRAYS_findLast = captured(Array.prototype, 'findLast');
const ARRAYS_flat = captured(Array.prototype, 'flat');
const ARRAYS_flatMap = captured(Array.prototype, 'flatMap');
const ARRAYS_forEach = captured(Array.prototype, 'forEach');
const ARRAYS_includes = captured(Array.prototype, 'includes');
const ARRAYS_indexOf = captured(Array.prototype, 'indexOf');
const ARRAYS_join = captured(Array.prototype, 'join');
const ARRAYS_keys = captured(Array.prototype, 'keys');
const ARRAYS_lastIndexOf = captured(Array.prototype, 'lastIndexOf');
const ARRAYS_map = captured(Array.prototype, 'map');
const ARRAYS_pop = captured(Array.prototype, 'pop');
const ARRAYS_push = captured(Array.prototype, 'push');
const ARRAYS_reduce = captured(Array.prototype, 'reduce');
const ARRAYS_reverse = captured(Array.prototype, 'reverse');
const ARRAYS_shift = captured(Array.prototype, 'shift');
const ARRAYS_slice = captured(Array.prototype, 'slice');
const ARRAYS_some = captured(Array.prototype, 'some');
const ARRAYS_sort = captured(Array.prototype, 'sort');
const ARRAYS_splice = captured(Array.prototype, 'splice');
const ARRAYS_unshift = captured(Array.prototype, 'unshift');
const ARRAYS_values = captured(Array.prototype, 'values');
const ARRAYS_iterator = captured(Array.prototype, iterator);
const ARRAY_NEXT_next = captured(arrayIterator, 'next');
const TYPED_from = captured(TypedArray, 'from');
const TYPED_of = captured(TypedArray, 'of');
const TYPED_ARRAYS_at = captured(typed, 'at');
const TYPED_ARRAYS_copyWithin = captured(typed, 'copyWithin');
const TYPED_ARRAYS_entries = captured(typed, 'entries');
const TYPED_ARRAYS_every = captured(typed, 'every');
const TYPED_ARRAYS_fill = captured(typed, 'fill');
const TYPED_ARRAYS_findIndex = captured(typed, 'findIndex');
const TYPED_ARRAYS_forEach = captured(typed, 'forEach');
const TYPED_ARRAYS_indexOf = captured(typed, 'indexOf');
const TYPED_ARRAYS_join = captured(typed, 'join');
const TYPED_ARRAYS_map = captured(typed, 'map');
const TYPED_ARRAYS_reduce = captured(typed, 'reduce');
const TYPED_ARRAYS_set = captured(typed, 'set');
const TYPED_ARRAYS_slice = captured(typed, 'slice');
const TYPED_ARRAYS_some = captured(typed, 'some');
const TYPED_ARRAYS_subarray = captured(typed, 'subarray');
const TYPED_ARRAYS_values = captured(typed, 'values');
const TYPED_ARRAYS_iterator = captured(typed, iterator);
const VIEWS_getBigInt64 = captured(DataView.prototype, 'getBigInt64');
const VIEWS_getBigUint64 = captured(DataView.prototype, 'getBigUint64');
const VIEWS_getFloat32 = captured(DataView.prototype, 'getFloat32');
const VIEWS_getFloat64 = captured(DataView.prototype, 'getFloat64');
const VIEWS_getInt16 = captured(DataView.prototype, 'getInt16');
const VIEWS_getInt32 = captured(DataView.prototype, 'getInt32');
const VIEWS_getInt8 = captured(DataView.prototype, 'getInt8');
const VIEWS_getUint16 = captured(DataView.prototype, 'getUint16');
const VIEWS_getUint32 = captured(DataView.prototype, 'getUint32');
const VIEWS_getUint8 = captured(DataView.prototype, 'getUint8');
const VIEWS_setBigInt64 = captured(DataView.prototype, 'setBigInt64');
const VIEWS_setBigUint64 = captured(DataView.prototype, 'setBigUint64');
const VIEWS_setFloat32 = captured(DataView.prototype, 'setFloat32');
const VIEWS_setFloat64 = captured(DataView.prototype, 'setFloat64');
const VIEWS_setInt16 = captured(DataView.prototype, 'setInt16');
const VIEWS_setInt32 = captured(DataView.prototype, 'setInt32');
const VIEWS_setInt8 = captured(DataView.prototype, 'setInt8');
const VIEWS_setUint16 = captured(DataView.prototype, 'setUint16');
const VIEWS_setUint32 = captured(DataView.prototype, 'setUint32');
const VIEWS_setUint8 = captured(DataView.prototype, 'setUint8');
const MAPS_clear = captured(Map.prototype, 'clear');
const MAPS_delete = captured(Map.prototype, 'delete');
const MAPS_entries = captured(Map.prototype, 'entries');
const MAPS_forEach = captured(Map.prototype, 'forEach');
const MAPS_get = captured(Map.prototype, 'get');
const MAPS_has = captured(Map.prototype, 'has');
const MAPS_keys = captured(Map.prototype, 'keys');
const MAPS_set = captured(Map.prototype, 'set');
const MAPS_values = captured(Map.prototype, 'values');
const MAPS_iterator = captured(Map.prototype, iterator);
const MAP_NEXT_next = captured(mapIterator, 'next');
const SETS_add = captured(Set.prototype, 'add');
const SETS_clear = captured(Set.prototype, 'clear');
const SETS_delete = captured(Set.prototype, 'delete');
const SETS_forEach = captured(Set.prototype, 'forEach');
const SETS_has = captured(Set.prototype, 'has');
const SETS_keys = captured(Set.prototype, 'keys');
const SETS_values = captured(Set.prototype, 'values');
const SETS_iterator = captured(Set.prototype, iterator);
const SET_NEXT_next = captured(setIterator, 'next');
const STRINGS_charCodeAt = captured(String.prototype, 'charCodeAt');
const STRINGS_codePointAt = captured(String.prototype, 'codePointAt');
const STRINGS_endsWith = captured(String.prototype, 'endsWith');
const STRINGS_includes = captured(String.prototype, 'includes');
const STRINGS_indexOf = captured(String.prototype, 'indexOf');
const STRINGS_match = captured(String.prototype, 'match');
const STRINGS_padEnd = captured(String.prototype, 'padEnd');
const STRINGS_padStart = captured(String.prototype, 'padStart');
const STRINGS_repeat = captured(String.prototype, 'repeat');
const STRINGS_replace = captured(String.prototype, 'replace');
const STRINGS_replaceAll = captured(String.prototype, 'replaceAll');
const STRINGS_slice = captured(String.prototype, 'slice');
const STRINGS_split = captured(String.prototype, 'split');
const STRINGS_startsWith = captured(String.prototype, 'startsWith');
const STRINGS_toLowerCase = captured(String.prototype, 'toLowerCase');
const STRINGS_toUpperCase = captured(String.prototype, 'toUpperCase');
const STRINGS_trim = captured(String.prototype, 'trim');
const STRINGS_iterator = captured(String.prototype, iterator);
const STRING_NEXT_next = captured(stringIterator, 'next');
const STRING_fromCharCode = captured(String, 'fromCharCode');
const STRING_fromCodePoint = captured(String, 'fromCodePoint');
const REGEXPS_exec = captured(RegExp.prototype, 'exec');
const REGEXPS_test = captured(RegExp.prototype, 'test');
const REGEXPS_match = captured(RegExp.prototype, match);
const REGEXPS_replace = captured(RegExp.prototype, replace);
const REGEXPS_split = captured(RegExp.prototype, split);
const JSON_TEXT_parse = captured(JSON, 'parse');
const JSON_TEXT_stringify = captured(JSON, 'stringify');
const DECODERS_decode = captured(TextDecoder.prototype, 'decode');
const ENCODERS_encode = captured(TextEncoder.prototype, 'encode');
const ENCODERS_encodeInto = captured(TextEncoder.prototype, 'encodeInto');
const NUMBER_isFinite = captured(Number, 'isFinite');
const NUMBER_isInteger = captured(Number, 'isInteger');
const NUMBER_isNaN = captured(Number, 'isNaN');
const NUMBER_isSafeInteger = captured(Number, 'isSafeInteger');
const NUMBER_parseInt = captured(Number, 'parseInt');
const NUMBERS_toString = captured(Number.prototype, 'toString');
const BIGINT_asIntN = captured(BigInt, 'asIntN');
const BIGINT_asUintN = captured(BigInt, 'asUintN');
const BIGINTS_toString = captured(BigInt.prototype, 'toString');
const MATH_abs = captured(Math, 'abs');
const MATH_ceil = captured(Math, 'ceil');
const MATH_clz32 = captured(Math, 'clz32');
const MATH_floor = captured(Math, 'floor');
const MATH_fround = captured(Math, 'fround');
const MATH_imul = captured(Math, 'imul');
const MATH_log2 = captured(Math, 'log2');
const MATH_max = captured(Math, 'max');
const MATH_min = captured(Math, 'min');
const MATH_round = captured(Math, 'round');
const MATH_sqrt = captured(Math, 'sqrt');
const MATH_trunc = captured(Math, 'trunc');
const OBJECT_assign = captured(Object, 'assign');
const OBJECT_create = captured(Object, 'create');
const OBJECT_defineProperty = captured(Object, 'defineProperty');
const OBJECT_entries = captured(Object, 'entries');
const OBJECT_freeze = captured(Object, 'freeze');
const OBJECT_fromEntries = captured(Object, 'fromEntries');
const OBJECT_getOwnPropertyDescriptor = captured(Object, 'getOwnPropertyDescriptor');
const OBJECT_getPrototypeOf = captured(Object, 'getPrototypeOf');
const OBJECT_hasOwn = captured(Object, 'hasOwn');
const OBJECT_is = captured(Object, 'is');
const OBJECT_isFrozen = captured(Object, 'isFrozen');
const OBJECT_keys = captured(Object, 'keys');
const OBJECT_values = captured(Object, 'values');
const OBJECTS_hasOwnProperty = captured(Object.prototype, 'hasOwnProperty');
const OBJECTS_toString = captured(Object.prototype, 'toString');
const FUNCTIONS_apply = captured(Function.prototype, 'apply');
const FUNCTIONS_bind = captured(Function.prototype, 'bind');
const FUNCTIONS_call = captured(Function.prototype, 'call');
const REFLECT_apply = captured(Reflect, 'apply');
const WASM_Global = captured(wasm ?? NOTHING, 'Global');
const WASM_Instance = captured(wasm ?? NOTHING, 'Instance');
const WASM_Memory = captured(wasm ?? NOTHING, 'Memory');
const WASM_Module = captured(wasm ?? NOTHING, 'Module');
const WASM_Table = captured(wasm ?? NOTHING, 'Table');
const WASM_compile = captured(wasm ?? NOTHING, 'compile');
const MEMORIES_grow = captured(wasm?.Memory.prototype ?? NOTHING, 'grow');
const TABLES_get = captured(wasm?.Table.prototype ?? NOTHING, 'get');
const TABLES_grow = captured(wasm?.Table.prototype ?? NOTHING, 'grow');
const TABLES_set = captured(wasm?.Table.prototype ?? NOTHING, 'set');
capturedAccessor(Map.prototype, 'size');
capturedAccessor(Set.prototype, 'size');
capturedAccessor(ArrayBuffer.prototype, 'byteLength');
capturedAccessor(typed, 'buffer');
capturedAccessor(typed, 'byteLength');
capturedAccessor(typed, 'byteOffset');
capturedAccessor(typed, 'length');
capturedAccessor(DataView.prototype, 'buffer');
capturedAccessor(DataView.prototype, 'byteLength');

function sameGlobals(): boolean {
  return (
    globalThis.Array === GLOBAL_Array &&
    globalThis.ArrayBuffer === GLOBAL_ArrayBuffer &&
    globalThis.BigInt === GLOBAL_BigInt &&
    globalThis.BigInt64Array === GLOBAL_BigInt64Array &&
    globalThis.DataView === GLOBAL_DataView &&
    (globalThis.Error === GLOBAL_Error || globalThis.Error.prototype === ERROR_PROTOTYPE) &&
    globalThis.Float64Array === GLOBAL_Float64Array &&
    globalThis.Int32Array === GLOBAL_Int32Array &&
    globalThis.JSON === GLOBAL_JSON &&
    globalThis.Map === GLOBAL_Map &&
    globalThis.Math === GLOBAL_Math &&
    globalThis.Number === GLOBAL_Number &&
    globalThis.Object === GLOBAL_Object &&
    globalThis.Promise === GLOBAL_Promise &&
    globalThis.RangeError === GLOBAL_RangeError &&
    globalThis.Reflect === GLOBAL_Reflect &&
    globalThis.Set === GLOBAL_Set &&
    globalThis.String === GLOBAL_String &&
    globalThis.TextDecoder === GLOBAL_TextDecoder &&
    globalThis.TextEncoder === GLOBAL_TextEncoder &&
    globalThis.TypeError === GLOBAL_TypeError &&
    globalThis.Uint16Array === GLOBAL_Uint16Array &&
    globalThis.Uint32Array === GLOBAL_Uint32Array &&
    globalThis.Uint8Array === GLOBAL_Uint8Array
  );
}

function sameArrays(): boolean {
  return (
    Array.from === ARRAY_from &&
    Array.isArray === ARRAY_isArray &&
    Array.of === ARRAY_of &&
    Array.prototype.at === ARRAYS_at &&
    Array.prototype.concat === ARRAYS_concat &&
    Array.prototype.entries === ARRAYS_entries &&
    Array.prototype.every === ARRAYS_every &&
    Array.prototype.fill === ARRAYS_fill &&
    Array.prototype.filter === ARRAYS_filter &&
    Array.prototype.find === ARRAYS_find &&
    Array.prototype.findIndex === ARRAYS_findIndex &&
    Array.prototype.findLast === ARRAYS_findLast &&
    Array.prototype.flat === ARRAYS_flat &&
    Array.prototype.flatMap === ARRAYS_flatMap &&
    Array.prototype.forEach === ARRAYS_forEach &&
    Array.prototype.includes === ARRAYS_includes &&
    Array.prototype.indexOf === ARRAYS_indexOf &&
    Array.prototype.join === ARRAYS_join &&
    Array.prototype.keys === ARRAYS_keys &&
    Array.prototype.lastIndexOf === ARRAYS_lastIndexOf &&
    Array.prototype.map === ARRAYS_map &&
    Array.prototype.pop === ARRAYS_pop &&
    Array.prototype.push === ARRAYS_push &&
    Array.prototype.reduce === ARRAYS_reduce &&
    Array.prototype.reverse === ARRAYS_reverse &&
    Array.prototype.shift === ARRAYS_shift &&
    Array.prototype.slice === ARRAYS_slice &&
    Array.prototype.some === ARRAYS_some &&
    Array.prototype.sort === ARRAYS_sort &&
    Array.prototype.splice === ARRAYS_splice &&
    Array.prototype.unshift === ARRAYS_unshift &&
    Array.prototype.values === ARRAYS_values &&
    Array.prototype[iterator] === ARRAYS_iterator &&
    arrayIterator.next === ARRAY_NEXT_next &&
    TypedArray.from === TYPED_from &&
    TypedArray.of === TYPED_of &&
    typed.at === TYPED_ARRAYS_at &&
    typed.copyWithin === TYPED_ARRAYS_copyWithin &&
    typed.entries === TYPED_ARRAYS_entries &&
    typed.every === TYPED_ARRAYS_every &&
    typed.fill === TYPED_ARRAYS_fill &&
    typed.findIndex === TYPED_ARRAYS_findIndex &&
    typed.forEach === TYPED_ARRAYS_forEach &&
    typed.indexOf === TYPED_ARRAYS_indexOf &&
    typed.join === TYPED_ARRAYS_join &&
    typed.map === TYPED_ARRAYS_map &&
    typed.reduce === TYPED_ARRAYS_reduce &&
    typed.set === TYPED_ARRAYS_set &&
    typed.slice === TYPED_ARRAYS_slice &&
    typed.some === TYPED_ARRAYS_some &&
    typed.subarray === TYPED_ARRAYS_subarray &&
    typed.values === TYPED_ARRAYS_values &&
    typed[iterator] === TYPED_ARRAYS_iterator
  );
}

function sameViews(): boolean {
  return (
    DataView.prototype.getBigInt64 === VIEWS_getBigInt64 &&
    DataView.prototype.getBigUint64 === VIEWS_getBigUint64 &&
    DataView.prototype.getFloat32 === VIEWS_getFloat32 &&
    DataView.prototype.getFloat64 === VIEWS_getFloat64 &&
    DataView.prototype.getInt16 === VIEWS_getInt16 &&
    DataView.prototype.getInt32 === VIEWS_getInt32 &&
    DataView.prototype.getInt8 === VIEWS_getInt8 &&
    DataView.prototype.getUint16 === VIEWS_getUint16 &&
    DataView.prototype.getUint32 === VIEWS_getUint32 &&
    DataView.prototype.getUint8 === VIEWS_getUint8 &&
    DataView.prototype.setBigInt64 === VIEWS_setBigInt64 &&
    DataView.prototype.setBigUint64 === VIEWS_setBigUint64 &&
    (DataView.prototype.setFloat32 === VIEWS_setFloat32 || setsFloats()) &&
    (DataView.prototype.setFloat64 === VIEWS_setFloat64 || setsFloats()) &&
    DataView.prototype.setInt16 === VIEWS_setInt16 &&
    DataView.prototype.setInt32 === VIEWS_setInt32 &&
    DataView.prototype.setInt8 === VIEWS_setInt8 &&
    DataView.prototype.setUint16 === VIEWS_setUint16 &&
    DataView.prototype.setUint32 === VIEWS_setUint32 &&
    DataView.prototype.setUint8 === VIEWS_setUint8
  );
}

function sameCollections(): boolean {
  return (
    Map.prototype.clear === MAPS_clear &&
    Map.prototype.delete === MAPS_delete &&
    Map.prototype.entries === MAPS_entries &&
    Map.prototype.forEach === MAPS_forEach &&
    Map.prototype.get === MAPS_get &&
    Map.prototype.has === MAPS_has &&
    Map.prototype.keys === MAPS_keys &&
    Map.prototype.set === MAPS_set &&
    Map.prototype.values === MAPS_values &&
    Map.prototype[iterator] === MAPS_iterator &&
    mapIterator.next === MAP_NEXT_next &&
    Set.prototype.add === SETS_add &&
    Set.prototype.clear === SETS_clear &&
    Set.prototype.delete === SETS_delete &&
    Set.prototype.forEach === SETS_forEach &&
    Set.prototype.has === SETS_has &&
    Set.prototype.keys === SETS_keys &&
    Set.prototype.values === SETS_values &&
    Set.prototype[iterator] === SETS_iterator &&
    setIterator.next === SET_NEXT_next
  );
}

function sameTexts(): boolean {
  return (
    String.prototype.charCodeAt === STRINGS_charCodeAt &&
    String.prototype.codePointAt === STRINGS_codePointAt &&
    String.prototype.endsWith === STRINGS_endsWith &&
    String.prototype.includes === STRINGS_includes &&
    String.prototype.indexOf === STRINGS_indexOf &&
    String.prototype.match === STRINGS_match &&
    String.prototype.padEnd === STRINGS_padEnd &&
    String.prototype.padStart === STRINGS_padStart &&
    String.prototype.repeat === STRINGS_repeat &&
    String.prototype.replace === STRINGS_replace &&
    String.prototype.replaceAll === STRINGS_replaceAll &&
    String.prototype.slice === STRINGS_slice &&
    String.prototype.split === STRINGS_split &&
    String.prototype.startsWith === STRINGS_startsWith &&
    String.prototype.toLowerCase === STRINGS_toLowerCase &&
    String.prototype.toUpperCase === STRINGS_toUpperCase &&
    String.prototype.trim === STRINGS_trim &&
    String.prototype[iterator] === STRINGS_iterator &&
    stringIterator.next === STRING_NEXT_next &&
    String.fromCharCode === STRING_fromCharCode &&
    String.fromCodePoint === STRING_fromCodePoint &&
    RegExp.prototype.exec === REGEXPS_exec &&
    RegExp.prototype.test === REGEXPS_test &&
    RegExp.prototype[match] === REGEXPS_match &&
    RegExp.prototype[replace] === REGEXPS_replace &&
    RegExp.prototype[split] === REGEXPS_split &&
    JSON.parse === JSON_TEXT_parse &&
    JSON.stringify === JSON_TEXT_stringify &&
    TextDecoder.prototype.decode === DECODERS_decode &&
    TextEncoder.prototype.encode === ENCODERS_encode &&
    TextEncoder.prototype.encodeInto === ENCODERS_encodeInto
  );
}

function sameNumbers(): boolean {
  return (
    Number.isFinite === NUMBER_isFinite &&
    Number.isInteger === NUMBER_isInteger &&
    Number.isNaN === NUMBER_isNaN &&
    Number.isSafeInteger === NUMBER_isSafeInteger &&
    Number.parseInt === NUMBER_parseInt &&
    Number.prototype.toString === NUMBERS_toString &&
    BigInt.asIntN === BIGINT_asIntN &&
    BigInt.asUintN === BIGINT_asUintN &&
    BigInt.prototype.toString === BIGINTS_toString &&
    Math.abs === MATH_abs &&
    Math.ceil === MATH_ceil &&
    Math.clz32 === MATH_clz32 &&
    Math.floor === MATH_floor &&
    Math.fround === MATH_fround &&
    Math.imul === MATH_imul &&
    Math.log2 === MATH_log2 &&
    Math.max === MATH_max &&
    Math.min === MATH_min &&
    Math.round === MATH_round &&
    Math.sqrt === MATH_sqrt &&
    Math.trunc === MATH_trunc
  );
}

function sameObjects(): boolean {
  return (
    Object.assign === OBJECT_assign &&
    Object.create === OBJECT_create &&
    Object.defineProperty === OBJECT_defineProperty &&
    Object.entries === OBJECT_entries &&
    Object.freeze === OBJECT_freeze &&
    Object.fromEntries === OBJECT_fromEntries &&
    Object.getOwnPropertyDescriptor === OBJECT_getOwnPropertyDescriptor &&
    Object.getPrototypeOf === OBJECT_getPrototypeOf &&
    Object.hasOwn === OBJECT_hasOwn &&
    Object.is === OBJECT_is &&
    Object.isFrozen === OBJECT_isFrozen &&
    Object.keys === OBJECT_keys &&
    Object.values === OBJECT_values &&
    Object.prototype.hasOwnProperty === OBJECTS_hasOwnProperty &&
    Object.prototype.toString === OBJECTS_toString &&
    Function.prototype.apply === FUNCTIONS_apply &&
    Function.prototype.bind === FUNCTIONS_bind &&
    Function.prototype.call === FUNCTIONS_call &&
    Reflect.apply === REFLECT_apply
  );
}

function sameWebAssembly(): boolean {
  if (wasm === undefined) return true;
  return (
    wasm.Global === WASM_Global &&
    wasm.Instance === WASM_Instance &&
    wasm.Memory === WASM_Memory &&
    wasm.Module === WASM_Module &&
    wasm.Table === WASM_Table &&
    wasm.compile === WASM_compile &&
    wasm.Memory.prototype.grow === MEMORIES_grow &&
    wasm.Table.prototype.get === TABLES_get &&
    wasm.Table.prototype.grow === TABLES_grow &&
    wasm.Table.prototype.set === TABLES_set
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
