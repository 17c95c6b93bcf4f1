/**
 * Names of Rust functions. The right side is the output of rustc-demangle 0.1 for the left, in its short form. The
 * pairs of `rust-names.json` are symbols generated at random from the grammar, and symbols of real programs.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { rustName } from '../../../src/engine/describe/rust-name.js';

const NAMES: readonly (readonly [symbol: string, name: string])[] = [
  ['_ZN15notes_integrity5check17h40f7ad3b46a73455E', 'notes_integrity::check'],
  ['_ZN4core3fmt9Formatter3pad17h0123456789abcdefE', 'core::fmt::Formatter::pad'],
  [
    '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE',
    "<Test + 'static as foo::Bar<Test>>::bar",
  ],
  ['_ZN5alloc5boxed8call_all17h0123456789abcdefE.llvm.9D1C9369', 'alloc::boxed::call_all'],
  ['_RNvCsfLfy6EI15iL_7___rustc12___rust_abort', '__rustc::__rust_abort'],
  ['_RNCNvNtCsebHcaeoSrxy_3std9panicking13panic_handler0B5_', 'std::panicking::panic_handler::{closure#0}'],
  [
    '_RINvNtNtCsebHcaeoSrxy_3std3sys9backtrace26___rust_end_short_backtraceNCNvNtB6_9panicking13panic_handler0zEB6_',
    'std::sys::backtrace::__rust_end_short_backtrace::<std::panicking::panic_handler::{closure#0}, !>',
  ],
  ['_RNvXsK_NtCsgXGp5Oqx2Ny_4core3fmtNtB5_5ErrorNtB5_5Debug3fmt', '<core::fmt::Error as core::fmt::Debug>::fmt'],
  ['_RNvXsW_NtNtCsgXGp5Oqx2Ny_4core3fmt3nummNtB7_5Debug3fmt', '<u32 as core::fmt::Debug>::fmt'],
  [
    '_RNvXs1t_NtCs5cOc02OMXlo_5alloc6stringNtB6_6StringINtNtCsgXGp5Oqx2Ny_4core3cmp9PartialEqReE2eq',
    '<alloc::string::String as core::cmp::PartialEq<&str>>::eq',
  ],
  ['_RMC0INtC8arrayvec8ArrayVechKj7b_E', '<arrayvec::ArrayVec<u8, 123>>'],
  ['_RMC0TTcbeEE', '<((char, bool, str),)>'],
  ['_RNvMC0TTcbeEE1f', '<((char, bool, str),)>::f'],
  ['_RMC0FG_RL0_hEu', "<for<'a> fn(&'a u8)>"],
  ['_RMC0FUKCRL_hEu', '<unsafe extern "C" fn(&u8)>'],
  ['_RMC0DNtC3foo3Barp4ItemhEL_', '<dyn foo::Bar<Item = u8>>'],
  ['_RNvYNtC1a1bNtC1c1d1e', '<a::b as c::d>::e'],
  // A trait that refers back to a trait with generic arguments also has its types.
  ['_RMC0TDINtC1a1bhEp1xhEL_DB4_p1xtEL_E', '<(dyn a::b<u8, x = u8>, dyn a::b<u8, x = u16>)>'],
  ['_ZN6a_$C$b17h0123456789abcdefE', 'a_,b'],
  ['_ZN10$u10ffff$x17h0123456789abcdefE', '\u{10ffff}x'],
  ['_ZN10$u110000$x17h0123456789abcdefE', '$u110000$x'],
  ['_ZN5$XX$a17h0123456789abcdefE', '$XX$a'],
  // A constant that refers back to another constant, and identifiers with invalid letters.
  ['_RMC0TAhj3_AhB5_E', '<([u8; 3], [u8; 3])>'],
  ['_RINvC1a1fKb1_Kb0_Kc61_Kln5_KpE', "a::f::<true, false, 'a', -5, _>"],
  ['_RCu6a_b_99', 'punycode{a_b-99}'],
  ['_RCu7a_b_99z', 'a\u1fa3_b'],
  // The twenty-seventh lifetime has no letter.
  [
    '_RMC0FGp_RL0_hEu',
    `<for<${[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => `'${letter}`).join(', ')}, '_26> fn(&'_26 u8)>`,
  ],
];

/** The last Unicode character, which rustc-demangle writes as an escape. */
const LAST_CHARACTER = ['_RMC0Aec10ffff_', "<[str; '\u{10ffff}']>"] as const;

/** Neither scheme, or damaged: the name stays unchanged. */
const KEPT: readonly string[] = [
  '',
  'validate',
  'func[3]',
  '_ZN3foo3barEv',
  '_ZN3foo3barE',
  '_ZN99foo17h0123456789abcdefE',
  '_ZN17h0123456789abcdefE',
  '_RCx1',
  '_R',
  '_RN',
  '_RNvB_1a',
  '_RMC0RB2_',
  '_RNvC',
  `_R${'Nv'.repeat(10_000)}`,
  '_RMC0FGZZZZZZZZ_Eu',
  // A constant with invalid digits, and one with too many.
  '_RMC0ATEjG_',
  `_RMC0Aej${'1'.repeat(33)}_`,
  // The suffix of a symbol begins with a dot and is printable.
  '_RC1a$b',
  '_RC1a.b\u00e9',
  '_ZN1a17h0123456789abcdefEx',
  '_ZN1a17h0123456789abcdefx',
  // An invalid digit, a backref to a later position, one to itself, and an identifier that is cut short.
  '_RCs-_1a',
  '_RMC0TB6_hE',
  '_RMC0TB3_E',
  '_RC5ab',
];

/** The longest input of each kind that is accepted. */
const BOUNDS: readonly (readonly [what: string, longest: number, symbol: (length: number) => string])[] = [
  ['a path in a path', 199, (n) => `_R${'Nv'.repeat(n)}C1a${'1b'.repeat(n)}`],
  ['a type in a type', 198, (n) => `_RMC0${'S'.repeat(n)}h`],
  ['an identifier', 4096, (n) => `_RC${n}${'a'.repeat(n)}`],
  ['the text', 1023, (n) => `_RMC0T${'h'.repeat(n)}E`],
  ['what is read and not written', 67, (n) => `_RMC4000${'a'.repeat(4000)}T${'MB0_h'.repeat(n)}E`],
];

const MADE = JSON.parse(
  readFileSync(new URL('../../../../spec/engine/describe/rust-names.json', import.meta.url), 'utf8'),
) as typeof NAMES;

describe('names of Rust functions', () => {
  it('are written as in source code, in both schemes', () => {
    for (const [symbol, name] of [...NAMES, ...MADE, LAST_CHARACTER]) {
      expect(rustName(symbol), symbol).to.equal(name);
    }
  });

  it('are unchanged if invalid, damaged, or endless', () => {
    for (const symbol of KEPT) expect(rustName(symbol)).to.equal(symbol);
  });

  it('are read up to their bounds', () => {
    for (const [what, longest, symbol] of BOUNDS) {
      expect(rustName(symbol(longest)), what).not.to.equal(symbol(longest));
      expect(rustName(symbol(longest + 1)), what).to.equal(symbol(longest + 1));
    }
  });

  it('are read in bounded time, whatever a symbol refers back to', () => {
    // Each backref repeats the previous one twice.
    const bomb = `_RMC0T${Array.from({ length: 40 }, () => 'TB6_B6_E').join('')}E`;
    const started = performance.now();
    rustName(bomb);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'NvCsMXYIBTRQPOSAFDGLKEup_0123456789ab'), { maxLength: 60 }),
        (letters) => {
          expect(rustName(`_R${letters.join('')}`)).to.be.a('string');
        },
      ),
      { numRuns: 2_000 },
    );
    expect(performance.now() - started).to.be.lessThan(20_000);
  });
});
