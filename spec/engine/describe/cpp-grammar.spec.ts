/**
 * A symbol for each rule of the grammar of the Itanium C++ ABI (section 5.1), and each bound. The right side is the
 * output of llvm-cxxfilt 14 for the left, except that `>` follows `>` without a space.
 */
import { expect } from 'chai';
import { cppName } from '../../../src/engine/describe/cpp-name.js';

const RULES = `
  _ZTC1X0_1Y construction vtable for Y-in-X
  _ZTCN1a1bE16_1c construction vtable for c-in-a::b
  _ZTC1Xn16_1Y construction vtable for Y-in-X
  _ZGRZ1fvE1x_ reference temporary for f()::x
  _ZGR1x0_ reference temporary for x
  _ZGR1xA1_ reference temporary for x
  _ZTchn8_h4_N1X1fEv covariant return thunk to X::f()
  _ZTcv0_n24_v0_n32_N1X1fEv covariant return thunk to X::f()
  _ZTcv12_24_hn16_N1X1fEv covariant return thunk to X::f()
  _ZThn8_N1X1fEv non-virtual thunk to X::f()
  _ZTh16_N1X1fEv non-virtual thunk to X::f()
  _ZTvn12_16_N1X1fEv virtual thunk to X::f()
  _ZTv0_n24_N1X1fEv virtual thunk to X::f()
  _ZTAXtl1SLi1EEE template parameter object for S{1}
  _ZTIPKi typeinfo for int const*
  _ZTW1x thread-local wrapper routine for x
  _ZGV1x guard variable for x
  _ZZ1fvEs f()::string literal
  _ZZ1fvEs_0 f()::string literal
  _ZZ1fvEs__12_ f()::string literal
  _ZZ1fiEd_1x f(int)::x
  _ZZ1fiEd0_1x f(int)::x
  _ZZ1fiEd_NKUlvE_clEv f(int)::'lambda'()::operator()() const
  _ZZ1fvE1x_0 f()::x
  _ZZ1fvE1x__12_ f()::x
  _ZZ1fvE1x__1_ f()::x
  _ZNKR1X1gEv X::g() const &
  _ZNR1X1gEv X::g() &
  _ZNKO1X1gEv X::g() const &&
  _ZN1X1xMUlvE_clEv X::x::'lambda'()::operator()()
  _ZL1fv f()
  _ZN1aL1fEv a::f()
  _ZStL1fv std::f()
  _ZStplIiEvv void std::operator+<int>()
  _ZGVSaIiE guard variable for std::allocator<int>
  _Z1fTsSaIiE f(struct std::allocator<int>)
  _ZN1aSa1bE a::std::allocator::b
  _ZDC1x1yE [x, y]
  _ZDC2a12a2E [a1, a2]
  _ZZ1fvEUb_ f()::'block-literal'
  _ZZ1fvEUb0_ f()::'block-literal'
  _ZZ1fvEUb12_ f()::'block-literal'
  _ZN1XUt0_1fEv X::'unnamed0'::f()
  _ZN1XUt12_1fEv X::'unnamed12'::f()
  _Zv13fooi operator foo(int)
  _Zv23fooii operator foo(int, int)
  _Z1fSsB5cxx11S_ f(std::string[abi:cxx11], std::string[abi:cxx11])
  _ZNV1X1fEv X::f() volatile
  _ZNVK1X1fEv X::f() const volatile
  _ZNrVK1X1fEv X::f() const volatile restrict
  _Z1fPVKi f(int const volatile*)
  _Z1fPri f(int restrict*)
  _Z1fPrVKi f(int const volatile restrict*)
  _Z1fDF16_ f(_Float16)
  _Z1fDF128_ f(_Float128)
  _Z1fU3AS1Pi f(int* AS1)
  _Z1fPU3AS1i f(int AS1*)
  _Z1fU8vendor_aILi1EEi f(int vendor_a<1>)
  _Z1fCf f(float complex)
  _Z1fGd f(double imaginary)
  _Z1fu5vtype f(vtype)
  _Z1fu5vtypeS_ f(vtype, vtype)
  _Z1fPDoFvvE f(void (*)() noexcept)
  _Z1fPDOLb1EEFvvE f(void (*)() noexcept(true))
  _Z1fPDwicEFvvE f(void (*)() throw(int, char))
  _Z1fPDxFvvE f(void (*)())
  _Z1fPFYvvE f(void (*)())
  _Z1fM1XFvvRE f(void (X::*)() &)
  _Z1fM1XFviRE f(void (X::*)(int) &)
  _Z1fM1XFvvOE f(void (X::*)() &&)
  _Z1fM1XKFviRE f(void (X::*)(int) const &)
  _Z1fM1XKDoFviOE f(void (X::*)(int) const && noexcept)
  _Z1fPKDoFvvE f(void (*)() const noexcept)
  _Z1fPA_i f(int (*) [])
  _Z1fPA12_i f(int (*) [12])
  _Z1fIiEvPAstT__i void f<int>(int (*) [sizeof (int)])
  _Z1fTs1X f(struct X)
  _Z1fTu1X f(union X)
  _Z1fTe1X f(enum X)
  _Z1fTs1XS_ f(struct X, struct X)
  _Z1fI1XEvT_IiE void f<X>(X<int>)
  _Z1fI1XEvPT_IiE void f<X>(X<int>*)
  _Z1fDv12_f f(float vector[12])
  _Z1fDv_f f(float vector[])
  _Z1fDv8_p f(pixel vector[8])
  _Z1fIiEvDvstT__f void f<int>(float vector[sizeof (int)])
  _Z1fILZ1gvEEvv void f<g()>()
  _Z1fIL_Z1gvEEvv void f<g()>()
  _Z1fILDnEEvv void f<nullptr>()
  _Z1fILA4_KcEEvv void f<"<char const [4]>">()
  _Z1fILin3EEvv void f<-3>()
  _Z1fILin34ELs5EEvv void f<-34, (short)5>()
  _Z1fIiEDTgsnw_T_EET_ decltype(new int) f<int>(int)
  _Z1fIXgtLi1ELi2EEEvv void f<((1) > (2))>()
  _Z1fIXltLi1ELi2EEEvv void f<(1) < (2)>()
  _Z1fIiEDTpp_fp_ET_ decltype(++(fp)) f<int>(int)
  _Z1fIiEDTppfp_ET_ decltype((fp)++) f<int>(int)
  _Z1fIiEDTmmfp_ET_ decltype((fp)--) f<int>(int)
  _Z1fIiEDTmm_fp_ET_ decltype(--(fp)) f<int>(int)
  _Z1fIiEDTcvT__EET_ decltype((int)()) f<int>(int)
  _Z1fIiEDTcvT_fp_ET_ decltype((int)(fp)) f<int>(int)
  _Z1fIiEDTcvT__fp_fp_EET_ decltype((int)(fp, fp)) f<int>(int)
  _Z1fIXquLb1ELi1ELi2EEEvv void f<(true) ? (1) : (2)>()
  _Z1fIJilEEDTfrplfp_EDpT_ decltype(((fp...) + ...)) f<int, long>(int, long)
  _Z1fIJilEEDTflplfp_EDpT_ decltype((... + (fp...))) f<int, long>(int, long)
  _Z1fIJilEEDTfRplfp_Li0EEDpT_ decltype(((fp...) + ... + 0)) f<int, long>(int, long)
  _Z1fIJilEEDTfLplLi0Efp_EDpT_ decltype((0 + ... + (fp...))) f<int, long>(int, long)
  _Z1fIJilEEvDTfraafp_E void f<int, long>(decltype(((fp...) && ...)))
  _Z1fIiEDTcl1gilLi1ELi2EEEET_ decltype(g({1, 2})) f<int>(int)
  _Z1fIiEDTcl1gilEEET_ decltype(g({})) f<int>(int)
  _Z1fIiEDTtl1XLi1ELi2EEET_ decltype(X{1, 2}) f<int>(int)
  _Z1fIiEDTna_T_EET_ decltype(new[] int) f<int>(int)
  _Z1fIiEDTnw_T_EET_ decltype(new int) f<int>(int)
  _Z1fIiEDTnwfp__T_piLi1EEET_ decltype(new (fp)int(1)) f<int>(int)
  _Z1fIiEDTnwfp_Li2E_T_EET_ decltype(new (fp, 2)int) f<int>(int)
  _Z1fIiEDTnw_T_piLi1ELi2EEET_ decltype(new int(1, 2)) f<int>(int)
  _Z1fIiEDTnafp__T_piLi1EEET_ decltype(new[] (fp)int(1)) f<int>(int)
  _Z1fIJicEEDTsZT_EDpT_ decltype(sizeof...(int, char)) f<int, char>(int, char)
  _Z1fIJicEEDTcl1gspfp_EEDpT_ decltype(g(fp...)) f<int, char>(int, char)
  _Z1fIiEDTtwfp_ET_ decltype(throw fp) f<int>(int)
  _Z1fIiEDTtrET_ decltype(throw) f<int>(int)
  _Z1fIiEDTdafp_ET_ decltype(delete[] fp) f<int>(int)
  _Z1fIiEDTclonplfp_fp_EET_ decltype(operator+(fp, fp)) f<int>(int)
  _Z1fIiEDTclonplIiEfp_EET_ decltype(operator+<int>(fp)) f<int>(int)
  _Z1fIiEDTcldn1XEET_ decltype(~X()) f<int>(int)
  _Z1fIiEDTdtfp_dn1XET_ decltype(fp.~X) f<int>(int)
  _Z1fIiEDTdtfp_dnT_ET_ decltype(fp.~int) f<int>(int)
  _Z1fIiEDTdtfp_dn1XIiEET_ decltype(fp.~X<int>) f<int>(int)
  _Z1fIiEDTptfp_1xET_ decltype(fp->x) f<int>(int)
  _Z1fIiEDTixfp_Li0EET_ decltype((fp)[0]) f<int>(int)
  _ZN1X1fIiEEDTptfpT1xET_ decltype(this->x) X::f<int>(int)
  _ZN1X1fIiEEDTdtfpT1xET_ decltype(this.x) X::f<int>(int)
  _Z1fIiEvDTcl1gfL0p_EE void f<int>(decltype(g(fp)))
  _Z1fIiEvDTcl1gfL0p0_EE void f<int>(decltype(g(fp0)))
  _Z1fIiEvDTcl1gfL12p3_EE void f<int>(decltype(g(fp3)))
  _Z1fIiEDTcl1gfpK_EET_ decltype(g(fp)) f<int>(int)
  _Z1fIiEDTcl1gfpVK0_EET_ decltype(g(fp0)) f<int>(int)
  _Z1fI1XEDTsrT_5valueEv decltype(X::value) f<X>()
  _Z1fI1XEDTsrNT_1aE5valueEv decltype(X::a::value) f<X>()
  _Z1fI1XEDTsrNT_1aIiEE5valueEv decltype(X::a<int>::value) f<X>()
  _Z1fI1XEDTsr1Y1aE5valueEv decltype(Y::a::value) f<X>()
  _Z1fI1XEDTsr1YE5valueEv decltype(Y::value) f<X>()
  _Z1fI1XEDTsr1YIT_E1aE5valueEv decltype(Y<X>::a::value) f<X>()
  _Z1fI1XEDTsrDTcl1gEE5valueEv decltype(decltype(g())::value) f<X>()
  _Z1fI1XEDTsrS0_5valueEv decltype(X::value) f<X>()
  _Z1fI1XEDTsrS0_IiE5valueEv decltype(X<int>::value) f<X>()
  _Z1fI1XEDTsrT_IiE5valueEv decltype(X<int>::value) f<X>()
  _Z1fI1XEDTsrSaIiE5valueEv decltype(std::allocator<int>::value) f<X>()
  _Z1fI1XEDTsrT_5valueIiEEv decltype(X::value<int>) f<X>()
  _Z1fI1XEDTclsrT_onplEEv decltype(X::operator+()) f<X>()
  _Z1fI1XEDTclsrT_onplIiEEEv decltype(X::operator+<int>()) f<X>()
  _Z1fI1XEDTclsrT_dnT_EEv decltype(X::~X()) f<X>()
  _Z1fI1XEDTclsrT_dn1YEEv decltype(X::~Y()) f<X>()
  _Z1fI1XEDTcl1gIT_EEEv decltype(g<X>()) f<X>()
  _Z1fIiEDTscPT_fp_ET_ decltype(static_cast<int*>(fp)) f<int>(int)
  _Z1fIiEDTszfp_ET_ decltype(sizeof (fp)) f<int>(int)
  _Z1fIiEDTngfp_ET_ decltype(-(fp)) f<int>(int)
  _ZNK1XcvT_IiEEv X::operator int<int>() const
  _ZN1XcvPT_IiEEv X::operator int*<int>()
  _ZN1XcvRT_IiEEv X::operator int&<int>()
  _ZN1XcvKT_IiEEv X::operator int const<int>()
  _ZN1XcvFT_vEIiEEv X::operator int ()<int>()
  _ZN1XcvPFT_vEIiEEv X::operator int (*)()<int>()
  _ZN1XcvA3_T_IiEEv X::operator int [3]<int>()
  _ZN1XcvRA3_T_IiEEv X::operator int (&) [3]<int>()
  _ZN1XcvOT_IRiEEv X::operator int&<int&>()
  _ZN1XC1Ei X::X(int)
  _ZN1XCI11YEi X::X(int)
  _ZN1XCI21YEi X::X(int)
  _ZN1XD2Ev X::~X()
  _ZN1XIiED1Ev X<int>::~X()
  _ZNSaIiED1Ev std::allocator<int>::~allocator()
  _ZNSiC1Ev std::basic_istream<char, std::char_traits<char>>::basic_istream()
  _ZZ1fIiEvT_ENKUlT_E_clIcEEDaS1_ auto void f<int>(int)::'lambda'(auto)::operator()<char>(auto) const
  _Z1fIiEvT_RKS0_PKS0_ void f<int>(int, int const&, int const*)
  _Z1fRKPFviE f(void (* const&)(int))
  _Z1fRA3_i f(int (&) [3])
  _Z1fPRA3_i f(int (&*) [3])
  _Z1fOA3_KPi f(int* const (&&) [3])
  _Z1fM1XA3_i f(int(X::*) [3])
  _Z1fM1XM1Yi f(int Y::* X::*)
  _Z1fPM1XFviE f(void (X::**)(int))
  _Z1fKPFviE f(void (* const)(int))
  _Z1fVA3_i f(int volatile [3])
  _Z1fKA3_i f(int const [3])
  _Z1fPKA3_i f(int const (*) [3])
  _Z1fPVKFvvE f(void (*)() const volatile)
  _Z1fCPf f(float* complex)
  _Z1fPCf f(float complex*)
  _Z1fIRiEvRT_ void f<int&>(int&)
  _Z1fIOiEvRT_ void f<int&&>(int&)
  _Z1fIRiEvOT_ void f<int&>(int&)
  _Z1fIOiEvOT_ void f<int&&>(int&&)
  _Z1fIRA3_iEvOT_ void f<int (&) [3]>(int (&) [3])
  _Z1fIJPiRcEEvDpRT_ void f<int*, char&>(int*&, char&)
  _Z1fIJPFvvEA3_iEEvDpPT_ void f<void (*)(), int [3]>(void (**)(), int (*) [3])
  _Z1fIJA3_iEEvDpKT_ void f<int [3]>(int const [3])
  _Z1fIPFvvEEvRKT_ void f<void (*)()>(void (* const&)())
  _Z1fIA3_iEvPT_ void f<int [3]>(int (*) [3])
  _Z1fIFvvEEvPT_ void f<void ()>(void (*)())
  _Z1fIFvvEEvRT_ void f<void ()>(void (&)())
  _Z1fIFvvEEvT_ void f<void ()>(void ())
  _Z1fIM1XFvvEEvT_ void f<void (X::*)()>(void (X::*)())
  _Z1fIPFPFvvEvEEvT_ void f<void (* (*)())()>(void (* (*)())())
  _Z1fIiEPFPFvvEvEv void (* (*f<int>())())()
  _Z1fIiEA3_iv intf<int>() [3]
  _Z1fIiEPA3_iv int (*f<int>()) [3]
  _Z1fIiERA3_PFvvEv void (* (&f<int>()) [3])()
  _Z1fv.cold f() (.cold)
  _Z1fv.isra.0 f() (.isra.0)
  _Z1fv.llvm.12x f() (.llvm.12x)
`;

/** Cases that llvm-cxxfilt 14 writes differently: without `::` or a space, or a float as a number. */
const OTHERWISE: readonly (readonly [symbol: string, name: string])[] = [
  ['_Z1fILf40000000EEvv', 'void f<(float)[40000000]>()'],
  ['_Z1fILe4000c000000000000000EEvv', 'void f<(long double)[4000c000000000000000]>()'],
  ['_Z1fILDn0EEvv', 'void f<nullptr>()'],
  ['_Z1fIiEDTclgs1gfp_EET_', 'decltype(::g(fp)) f<int>(int)'],
  ['_Z1fIiEDTgsdlfp_ET_', 'decltype(delete fp) f<int>(int)'],
  ['_Z1fIiEDTgsdafp_ET_', 'decltype(delete[] fp) f<int>(int)'],
  ['_Z1fIiEDTgsna_T_EET_', 'decltype(new[] int) f<int>(int)'],
  ['_Z1fIiEDTdlfp_ET_', 'decltype(delete fp) f<int>(int)'],
  ['_Z1fIiEDTnwfp__T_piEET_', 'decltype(new (fp)int()) f<int>(int)'],
  ['_Z1fIJicEEDTsZfp_EDpT_', 'decltype(sizeof...(fp...)) f<int, char>(int, char)'],
  ['_Z1fU3AS1PFvvE', 'f(void (* AS1)())'],
  ['_Z1fU3AS1RA3_i', 'f(int (& AS1) [3])'],
];

/** Not valid symbols: cut short, or with something that the rule does not allow. */
const NONE = `
  _ZTC1X0 _ZTC1X_ _ZGR1x _ZTchn8_N1X1fEv _ZTh_N1X1fEv _ZTv0_N1X1fEv _ZTx1X _ZGVSa _ZSs _ZN1XD3Ev _ZN1XC6Ev _ZNC1Ev _ZNKE _ZNIiEE
  _Z1fSsS_ _Z1fS0_ _Z1fSz _Z1fDF_ _Z1fDv4f _Z1fA3i _Z1fM1X _Z1fFvv _Z1fPDOLb1EFvvE _Z1fILDn1EEvv _Z1fILfEEvv _Z1fILiEEvv _Z1fIXLi1EEvv
  _Z1fILA4_Kc1EEvv _Z1fILZ1gvEvv _Z1fL_Z1gv _Z1fIiEDTfrzzfp_ET_ _Z1fIiEDTzzET_ _Z1fIiEDTfpT_ _Z1fIiEDTfLxp_ET_ _Z1fIiEDTnw_T_ET_
  _Z1fIiEvT1_ _ZN1XcvT_Ev _Z1fv_x _Z1fvx.llvm.1 _Z1fvE _Z1f. _ZL _Z0f _Z2f _ZUa _ZZ1fvE _ZZ1fvEd1x _ZZ1fvEUl _ZN1XUt1fEv
`;

/** The longest input of each kind that is accepted. */
const BOUNDS: readonly (readonly [what: string, longest: number, symbol: (length: number) => string])[] = [
  ['a type in a type', 198, (n) => `_Z1f${'P'.repeat(n)}i`],
  ['a function in a function', 99, (n) => `_Z1f${'PF'.repeat(n)}vv${'E'.repeat(n)}`],
  ['a type that is referred to in a type', 198, (n) => `_Z1f${'P'.repeat(190)}i${'P'.repeat(n)}S58_`],
  ['the text', 819, (n) => `_Z1f${'i'.repeat(n)}`],
  ['a name', 4094, (n) => `_Z${n}${'a'.repeat(n)}v`],
  ['a symbol', 4092, (n) => `_Z1fI${'JE'.repeat(n)}Evv`],
];

describe('the grammar of C++ symbols', () => {
  it('covers each of its rules', () => {
    const rows = RULES.trim().split('\n');
    expect(rows.length).to.be.above(180);
    for (const row of rows) {
      const [, symbol = '', name] = /^ *(\S+) (.*)$/.exec(row) ?? [];
      expect(cppName(symbol), symbol).to.equal(name);
    }
    for (const [symbol, name] of OTHERWISE) expect(cppName(symbol), symbol).to.equal(name);
  });

  it('leaves other text unchanged', () => {
    for (const symbol of NONE.trim().split(/\s+/)) expect(cppName(symbol)).to.equal(symbol);
  });

  it('is read up to its bounds', () => {
    for (const [what, longest, symbol] of BOUNDS) {
      expect(cppName(symbol(longest)), what).not.to.equal(symbol(longest));
      expect(cppName(symbol(longest + 1)), what).to.equal(symbol(longest + 1));
    }
  });
});
