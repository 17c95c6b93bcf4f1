/**
 * Names of C++ functions. The right side is the output of llvm-cxxfilt 14 for the left, except that `>` follows `>`
 * without a space. The pairs of `cpp-names.json` are symbols of real programs (LLVM, clang, libstdc++), including the
 * longest and the strangest.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { cppName } from '../../../src/engine/describe/cpp-name.js';
import { symbolName } from '../../../src/engine/describe/symbol-name.js';

const NAMES: readonly (readonly [symbol: string, name: string])[] = [
  ['_Z1fv', 'f()'],
  ['_Z3fooIiEvT_', 'void foo<int>(int)'],
  ['_ZN1a1b1cE', 'a::b::c'],
  ['_ZNK1a1bcvbEv', 'a::b::operator bool() const'],
  ['_ZN1XD0Ev', 'X::~X()'],
  ['_ZNSsC1Ev', 'std::basic_string<char, std::char_traits<char>, std::allocator<char>>::basic_string()'],
  [
    '_ZNSt3__212basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEEC2Ev',
    'std::__2::basic_string<char, std::__2::char_traits<char>, std::__2::allocator<char>>::basic_string()',
  ],
  ['_ZZ3foovENKUlvE_clEv', "foo()::'lambda'()::operator()() const"],
  ['_ZZ3foovENKUlT_E0_clIiEEDaS_', "auto foo()::'lambda0'(auto)::operator()<int>(auto) const"],
  ['_ZNK3FooIJicEE3barIJPvEEEvDpT_', 'void Foo<int, char>::bar<void*>(void*) const'],
  ['_Z1fIJEEvDpT_', 'void f<>()'],
  ['_Z1fIJicEEvDpPT_', 'void f<int, char>(int*, char*)'],
  ['_Z1fILi3ELb1ELc97EEvv', 'void f<3, true, (char)97>()'],
  ['_Z1fPFvPA3_iE', 'f(void (*)(int (*) [3]))'],
  ['_Z1fM1XKFivE', 'f(int (X::*)() const)'],
  ['_Z1fIRiEvOT_', 'void f<int&>(int&)'],
  ['_Z1fIiEPFvT_ES0_', 'void (*f<int>(int))(int)'],
  ['_ZN1XcvT_IiEEv', 'X::operator int<int>()'],
  ['_Z1fIiEDTplfp_fp_ET_', 'decltype((fp) + (fp)) f<int>(int)'],
  ['_ZplRK1XS1_', 'operator+(X const&, X const&)'],
  ['_Zli2_xy', 'operator"" _x(unsigned long long)'],
  ['_ZN1aB5cxx11Ev', 'a[abi:cxx11]()'],
  ['_ZN12_GLOBAL__N_11gEv', '(anonymous namespace)::g()'],
  ['_ZN1XUt_1fEv', "X::'unnamed'::f()"],
  ['_ZNO1X1gEv', 'X::g() &&'],
  ['_Z1fDv4_f', 'f(float vector[4])'],
  ['_ZTV1X', 'vtable for X'],
  ['_ZGVZ1fvE1x', 'guard variable for f()::x'],
  ['_ZTv0_n24_N1X1fEv', 'virtual thunk to X::f()'],
  ['_ZN1X1fEOS_.cold', 'X::f(X&&) (.cold)'],
  // A symbol that LLVM has made local to a module keeps its name in the next build.
  ['_ZN1X1fEOS_.llvm.1234567890', 'X::f(X&&)'],
];

/** Not a C++ symbol, or damaged: the name stays unchanged. */
const KEPT: readonly string[] = [
  '',
  '_Z',
  '_Zx',
  'validate',
  'main',
  '_ZN',
  '_ZN1aE1',
  '_ZN9aE',
  '_Z1fS_',
  '_Z1fT_',
  '_Z1fvé',
  '_Z1f.',
  '_ZN1XcvT_Ev',
  `_Z1f${'P'.repeat(5_000)}i`,
  `_Z${'N1a'.repeat(3_000)}`,
  '_Z1fIiEvT0_',
  '_Z99999999999999999999f',
  '_ZN1aIJEE1bIXspT_EEE',
];

const MADE = JSON.parse(
  readFileSync(new URL('../../../../spec/engine/describe/cpp-names.json', import.meta.url), 'utf8'),
) as typeof NAMES;

/** Classes with two arguments, each of which is the previous class. */
function bomb(levels: number): string {
  const numbered = (i: number) => (i === 0 ? 'S_' : `S${(i - 1).toString(36).toUpperCase()}_`);
  return `_Z1f1XIiiE${Array.from({ length: levels }, (_, i) => `S_I${numbered(i + 1)}${numbered(i + 1)}E`).join('')}`;
}

describe('names of C++ functions', () => {
  it('are written as in source code', () => {
    for (const [symbol, name] of [...NAMES, ...MADE]) expect(cppName(symbol), symbol).to.equal(name);
  });

  it('are unchanged if invalid, damaged, or endless', () => {
    for (const symbol of [...KEPT, bomb(30), `_Z1fI${'J'.repeat(100)}${'E'.repeat(100)}Evv1`]) {
      expect(cppName(symbol)).to.equal(symbol);
    }
  });

  it('are read in bounded time, whatever a symbol refers back to', () => {
    const started = performance.now();
    const letters = [
      ...'NSIJTDXLEPROKFAMZUCabcdfilmprstv_0123',
      'St',
      'S_',
      'S0_',
      'T_',
      'Dp',
      'sp',
      'cv',
      '1a',
      'Li1E',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { maxLength: 60 }), (parts) => {
        expect(cppName(`_Z${parts.join('')}`)).to.be.a('string');
      }),
      { numRuns: 2_000 },
    );
    for (let levels = 1; levels < 200; levels += 7) cppName(bomb(levels));
    expect(performance.now() - started).to.be.lessThan(20_000);
  });

  it('are distinguished from those of Rust', () => {
    expect(symbolName('_ZN3foo3bar17h0123456789abcdefE')).to.equal('foo::bar');
    expect(symbolName('_ZN3foo3barEv')).to.equal('foo::bar()');
    expect(symbolName('_RNvC1a1b')).to.equal('a::b');
    expect(symbolName('func[3]')).to.equal('func[3]');
  });
});
