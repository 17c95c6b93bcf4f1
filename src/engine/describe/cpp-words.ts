/** The words of C++ by their codes in symbols (Itanium C++ ABI, section 5.1). */

export const BUILTIN_TYPES: Readonly<Record<string, string>> = {
  v: 'void',
  w: 'wchar_t',
  b: 'bool',
  c: 'char',
  a: 'signed char',
  h: 'unsigned char',
  s: 'short',
  t: 'unsigned short',
  i: 'int',
  j: 'unsigned int',
  l: 'long',
  m: 'unsigned long',
  x: 'long long',
  y: 'unsigned long long',
  n: '__int128',
  o: 'unsigned __int128',
  f: 'float',
  d: 'double',
  e: 'long double',
  g: '__float128',
  z: '...',
  Dd: 'decimal64',
  De: 'decimal128',
  Df: 'decimal32',
  Dh: 'half',
  Di: 'char32_t',
  Du: 'char8_t',
  Ds: 'char16_t',
  Da: 'auto',
  Dc: 'decltype(auto)',
  Dn: 'std::nullptr_t',
};

/** What follows the digits of a number of a type; of others the type is written before it. */
export const NUMBER_SUFFIXES: Readonly<Record<string, string>> = { i: '', j: 'u', l: 'l', m: 'ul', x: 'll', y: 'ull' };

/** Classes of `std` that have codes of their own: what they are called, what their constructors are, what they are in full. */
export const STANDARD_NAMES: Readonly<Record<string, readonly [name: string, base: string, full: string]>> = {
  a: ['std::allocator', 'allocator', 'std::allocator'],
  b: ['std::basic_string', 'basic_string', 'std::basic_string'],
  s: ['std::string', 'basic_string', 'std::basic_string<char, std::char_traits<char>, std::allocator<char>>'],
  i: ['std::istream', 'basic_istream', 'std::basic_istream<char, std::char_traits<char>>'],
  o: ['std::ostream', 'basic_ostream', 'std::basic_ostream<char, std::char_traits<char>>'],
  d: ['std::iostream', 'basic_iostream', 'std::basic_iostream<char, std::char_traits<char>>'],
};

/** How an operator is written in an expression, by the number of its operands. */
export const BINARY: Readonly<Record<string, string>> = {
  aa: '&&',
  an: '&',
  aN: '&=',
  aS: '=',
  cm: ',',
  ds: '.*',
  dv: '/',
  dV: '/=',
  eo: '^',
  eO: '^=',
  eq: '==',
  ge: '>=',
  gt: '>',
  le: '<=',
  ls: '<<',
  lS: '<<=',
  lt: '<',
  mi: '-',
  mI: '-=',
  ml: '*',
  mL: '*=',
  ne: '!=',
  oo: '||',
  or: '|',
  oR: '|=',
  pl: '+',
  pL: '+=',
  pm: '->*',
  rm: '%',
  rM: '%=',
  rs: '>>',
  rS: '>>=',
  ss: '<=>',
};

export const PREFIX: Readonly<Record<string, string>> = { ad: '&', co: '~', de: '*', ng: '-', nt: '!', ps: '+' };

export const STEP: Readonly<Record<string, string>> = { mm: '--', pp: '++' };

export const CASTS: Readonly<Record<string, string>> = {
  cc: 'const_cast',
  dc: 'dynamic_cast',
  rc: 'reinterpret_cast',
  sc: 'static_cast',
};

/** Of an expression, and of a type. */
export const OF_EXPRESSION: Readonly<Record<string, string>> = {
  az: 'alignof',
  nx: 'noexcept',
  sz: 'sizeof',
  te: 'typeid',
};
export const OF_TYPE: Readonly<Record<string, string>> = { at: 'alignof', st: 'sizeof', ti: 'typeid' };

/** What is behind the word `operator`. */
export const OPERATORS: Readonly<Record<string, string>> = {
  ...BINARY,
  ...PREFIX,
  ...STEP,
  aw: ' co_await',
  cl: '()',
  da: ' delete[]',
  dl: ' delete',
  ix: '[]',
  na: ' new[]',
  nw: ' new',
  pt: '->',
  qu: '?',
};

/** Symbols of what is no function of the program. */
export const SPECIAL: Readonly<Record<string, string>> = {
  TV: 'vtable for ',
  TT: 'VTT for ',
  TI: 'typeinfo for ',
  TS: 'typeinfo name for ',
  TA: 'template parameter object for ',
  TW: 'thread-local wrapper routine for ',
  TH: 'thread-local initialization routine for ',
  GV: 'guard variable for ',
};
/** Of these the type is behind them, of the others a name. */
export const SPECIAL_OF_TYPE = ['TV', 'TT', 'TI', 'TS'];
