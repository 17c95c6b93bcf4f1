/** Every C++ word that a symbol may contain, by its code in the Itanium C++ ABI, as llvm-cxxfilt writes it. */
import { expect } from 'chai';
import { cppName } from '../../../src/engine/describe/cpp-name.js';

/** Pairs of a code and a word, one per line. */
const words = (text: string): readonly (readonly [code: string, word: string])[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [, code = '', word = ''] = /^\s*(\S+) ?(.*)$/.exec(line) ?? [];
      return [code, word] as const;
    });

const TYPES = words(`
  w wchar_t
  b bool
  c char
  a signed char
  h unsigned char
  s short
  t unsigned short
  i int
  j unsigned int
  l long
  m unsigned long
  x long long
  y unsigned long long
  n __int128
  o unsigned __int128
  f float
  d double
  e long double
  g __float128
  z ...
  Dd decimal64
  De decimal128
  Df decimal32
  Dh half
  Di char32_t
  Du char8_t
  Ds char16_t
  Da auto
  Dc decltype(auto)
  Dn std::nullptr_t
`);
const OPERATORS = words(`
  aa &&
  an &
  aN &=
  aS =
  cm ,
  ds .*
  dv /
  dV /=
  eo ^
  eO ^=
  eq ==
  ge >=
  gt >
  le <=
  ls <<
  lS <<=
  lt <
  mi -
  mI -=
  ml *
  mL *=
  ne !=
  oo ||
  or |
  oR |=
  pl +
  pL +=
  pm ->*
  rm %
  rM %=
  rs >>
  rS >>=
  ss <=>
`);
const ONE_OPERAND = words(`
  ad &
  co ~
  de *
  ng -
  nt !
  ps +
`);
const OTHERS = words(`
  mm --
  pp ++
  aw  co_await
  cl ()
  da  delete[]
  dl  delete
  ix []
  na  new[]
  nw  new
  pt ->
  qu ?
`);
const CLASSES = words(`
  Sa allocator allocator
  Sb basic_string basic_string
  Ss string basic_string<char, std::char_traits<char>, std::allocator<char>>
  Si istream basic_istream<char, std::char_traits<char>>
  So ostream basic_ostream<char, std::char_traits<char>>
  Sd iostream basic_iostream<char, std::char_traits<char>>
`);

function check(rows: Iterable<readonly [symbol: string, name: string]>): void {
  for (const [symbol, name] of rows) expect(cppName(symbol), symbol).to.equal(name);
}

describe('fragments of C++ names', () => {
  it('types', () => {
    check(TYPES.map(([code, word]) => [`_Z1f${code}`, `f(${word})`]));
    check([['_Z1fPv', 'f(void*)']]);
  });

  it('operators, as names and in expressions', () => {
    const all = [...OPERATORS, ...ONE_OPERAND, ...OTHERS];
    check(all.map(([code, word]) => [`_Z${code}1X`, `operator${word}(X)`]));
    // A comma, a pointer to a member and a `>` are written differently.
    const shown = OPERATORS.filter(([code]) => !['cm', 'ds', 'pm', 'gt', 'rs'].includes(code));
    check(
      shown.map(([code, word]) => [`_Z1fIiEDT${code}fp_fp_ET_`, `decltype((fp) ${word} (fp)) f<int>(int)`] as const),
    );
    check(ONE_OPERAND.map(([code, word]) => [`_Z1fIiEDT${code}fp_ET_`, `decltype(${word}(fp)) f<int>(int)`] as const));
  });

  it('classes of std, short and in full', () => {
    for (const [code, both] of CLASSES) {
      const [, short = '', full = ''] = /^(\S+) (.*)$/.exec(both)!;
      const base = full.replace(/<.*/, '');
      check([
        [`_Z1f${code}`, `f(std::${short})`],
        [`_ZN${code}C1Ev`, `std::${full}::${base}()`],
        [`_ZN${code}D1Ev`, `std::${full}::~${base}()`],
      ]);
    }
  });

  it('numbers, with their suffixes', () => {
    const suffixes = words('i\nj u\nl l\nm ul\nx ll\ny ull');
    check(suffixes.map(([code, suffix]) => [`_Z1fIL${code}7EEvv`, `void f<7${suffix}>()`]));
    check([
      ['_Z1fILin7EEvv', 'void f<-7>()'],
      ['_Z1fILs7EEvv', 'void f<(short)7>()'],
      ['_Z1fILb0EEvv', 'void f<false>()'],
      ['_Z1fILb1EEvv', 'void f<true>()'],
    ]);
  });

  it('symbols that are not functions', () => {
    const special = words(`
      TV vtable for
      TT VTT for
      TI typeinfo for
      TS typeinfo name for
      TW thread-local wrapper routine for
      TH thread-local initialization routine for
      GV guard variable for
    `);
    check(special.map(([code, word]) => [`_Z${code}1X`, `${word.trim()} X`]));
    // These are followed by a type.
    for (const code of ['TV', 'TT', 'TI', 'TS']) expect(cppName(`_Z${code}i`), code).to.match(/ for int$/);
  });

  it('casts and sizes', () => {
    check([
      ['_Z1fIiEDTcciLi1EET_', 'decltype(const_cast<int>(1)) f<int>(int)'],
      ['_Z1fIiEDTdciLi1EET_', 'decltype(dynamic_cast<int>(1)) f<int>(int)'],
      ['_Z1fIiEDTrciLi1EET_', 'decltype(reinterpret_cast<int>(1)) f<int>(int)'],
      ['_Z1fIiEDTsciLi1EET_', 'decltype(static_cast<int>(1)) f<int>(int)'],
      ['_Z1fIiEDTstiET_', 'decltype(sizeof (int)) f<int>(int)'],
      ['_Z1fIiEDTatiET_', 'decltype(alignof (int)) f<int>(int)'],
      ['_Z1fIiEDTszfp_ET_', 'decltype(sizeof (fp)) f<int>(int)'],
      ['_Z1fIiEDTazfp_ET_', 'decltype(alignof (fp)) f<int>(int)'],
      ['_Z1fIiEDTnxfp_ET_', 'decltype(noexcept (fp)) f<int>(int)'],
      ['_Z1fIiEDTtefp_ET_', 'decltype(typeid (fp)) f<int>(int)'],
      ['_Z1fIiEDTtiiET_', 'decltype(typeid (int)) f<int>(int)'],
    ]);
  });
});
