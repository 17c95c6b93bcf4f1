/**
 * Reads a symbol of the Itanium C++ ABI by recursive descent: each method reads one rule of its section 5.1 and returns what it stands
 * for. What was read before is referred to by number: `subs` for the components of names and types, `levels` for template arguments.
 */
import {
  array,
  type CppNode,
  expansion,
  functionOf,
  functionType,
  LaterArgument,
  list,
  memberPointer,
  named,
  pack,
  pointer,
  qualified,
  reference,
  sequence,
  text,
  Unreadable,
} from './cpp-node.js';
import {
  BINARY,
  BUILTIN_TYPES,
  CASTS,
  NUMBER_SUFFIXES,
  OF_EXPRESSION,
  OF_TYPE,
  OPERATORS,
  PREFIX,
  SPECIAL,
  SPECIAL_OF_TYPE,
  STANDARD_NAMES,
  STEP,
} from './cpp-words.js';

const DEPTH_MAX = 200;

/** What is known of a function by its name. */
interface NameFacts {
  /** Whether it ends in template arguments: then what it returns is part of the symbol. */
  isTemplate: boolean;
  /** Constructors, destructors, conversions: what they return is not part of it. */
  isSpecialMember: boolean;
  /** ` const &`, of a member function. */
  qualifiers: string;
}

/** With how many elements of `levels` a lambda was begun: parameters of that level are its own. */
const NO_LAMBDA = -1;

export class CppReader {
  #at = 2;
  #depth = 0;
  readonly #subs: CppNode[] = [];
  #levels: CppNode[][] = [];
  #later: { readonly index: number; readonly node: LaterArgument }[] = [];
  /** Whether `I` behind a template parameter begins its arguments: in a conversion operator they are the operator's. */
  #takesArguments = true;
  /** Whether a template parameter may come before its argument. */
  #mayBeLater = false;
  #lambdaLevel = NO_LAMBDA;

  constructor(readonly symbolText: string) {}

  /** The whole symbol. @throws Unreadable */
  symbol(): CppNode {
    const name = this.#encoding();
    const rest = this.symbolText.slice(this.#at);
    if (rest === '' || /^\.llvm\.\d+$/.test(rest)) return name;
    if (!/^\.[!-~]+$/.test(rest)) throw new Unreadable();
    return sequence(name, ` (${rest})`);
  }

  #peek(ahead = 0): string {
    return this.symbolText[this.#at + ahead] ?? '';
  }

  #takes(word: string): boolean {
    if (!this.symbolText.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #expect(word: string): void {
    if (!this.#takes(word)) throw new Unreadable();
  }

  /** The two letters that are next, and past them, if a table has them. */
  #takesOneOf<T>(table: Readonly<Record<string, T>>): T | undefined {
    const code = this.symbolText.slice(this.#at, this.#at + 2);
    if (!Object.hasOwn(table, code)) return undefined;
    this.#at += 2;
    return table[code];
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.symbolText)?.[0];
    if (found === undefined) throw new Unreadable();
    this.#at += found.length;
    return found;
  }

  /** Digits, perhaps none; `n` before them is a sign. */
  #number(): string {
    return this.#match(/n?\d*/y).replace('n', '-');
  }

  #within<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new Unreadable();
    const result = read();
    this.#depth--;
    return result;
  }

  #until(end: string, read: () => CppNode): CppNode[] {
    const nodes: CppNode[] = [];
    while (!this.#takes(end)) nodes.push(read());
    return nodes;
  }

  /** What is read from now on may be referred to. */
  #kept(node: CppNode): CppNode {
    this.#subs.push(node);
    return node;
  }

  #encoding(): CppNode {
    return this.#within(() => {
      const outer = this.#levels;
      this.#levels = [];
      const node = /[GT]/.test(this.#peek()) ? this.#special() : this.#function();
      this.#levels = outer;
      return node;
    });
  }

  #endsEncoding(): boolean {
    return /^[E._]?$/.test(this.#peek());
  }

  #function(): CppNode {
    const facts: NameFacts = { isTemplate: false, isSpecialMember: false, qualifiers: '' };
    const laterBefore = this.#later;
    this.#later = [];
    const name = this.#name(facts);
    for (const { index, node } of this.#later) node.argument = this.#levels[0]?.[index];
    this.#later = laterBefore;
    if (this.#endsEncoding()) return name;
    const returns = facts.isTemplate && !facts.isSpecialMember ? this.#type() : undefined;
    const params: CppNode[] = [];
    if (!this.#takes('v')) {
      do params.push(this.#type());
      while (!this.#endsEncoding());
    }
    return functionOf(name, { returns, params, behind: text(facts.qualifiers) });
  }

  #special(): CppNode {
    const code = this.symbolText.slice(this.#at, this.#at + 2);
    const words = this.#takesOneOf(SPECIAL);
    if (words !== undefined) {
      if (SPECIAL_OF_TYPE.includes(code)) return sequence(words, this.#type());
      return sequence(words, code === 'TA' ? this.#templateArgument() : this.#name());
    }
    if (this.#takes('TC')) {
      const derived = this.#type();
      this.#number();
      this.#expect('_');
      return sequence('construction vtable for ', this.#type(), '-in-', derived);
    }
    if (this.#takes('GR')) {
      const name = this.#name();
      this.#match(/[0-9A-Z]*_/y);
      return sequence('reference temporary for ', name);
    }
    this.#expect('T');
    if (this.#takes('c')) {
      this.#callOffset();
      this.#callOffset();
      return sequence('covariant return thunk to ', this.#encoding());
    }
    const kind = this.#peek() === 'v' ? 'virtual' : 'non-virtual';
    this.#callOffset();
    return sequence(`${kind} thunk to `, this.#encoding());
  }

  #callOffset(): void {
    this.#match(/h(?:n?\d+)_|v(?:n?\d+)_(?:n?\d+)_/y);
  }

  #name(facts?: NameFacts): CppNode {
    return this.#within(() => {
      this.#takes('L');
      if (this.#takes('N')) return this.#nestedName(facts);
      if (this.#takes('Z')) return this.#localName(facts);
      if (this.#peek() === 'S' && this.#peek(1) !== 't') {
        const name = this.#substitution();
        if (this.#peek() !== 'I') throw new Unreadable();
        return this.#withArguments(name, facts);
      }
      const isStandard = this.#takes('St');
      this.#takes('L');
      const plain = this.#unqualifiedName(facts, undefined);
      const name = isStandard ? sequence('std::', plain) : plain;
      return this.#peek() === 'I' ? this.#withArguments(this.#kept(name), facts) : name;
    });
  }

  #withArguments(name: CppNode, facts?: NameFacts): CppNode {
    const args = this.#templateArguments(facts !== undefined);
    if (facts !== undefined) facts.isTemplate = true;
    return named(name, args);
  }

  #localName(facts?: NameFacts): CppNode {
    const where = this.#encoding();
    this.#expect('E');
    if (this.#takes('s')) {
      this.#discriminator();
      return sequence(where, '::string literal');
    }
    if (this.#takes('d')) {
      this.#number();
      this.#expect('_');
      return sequence(where, '::', this.#name(facts));
    }
    const name = this.#name(facts);
    this.#discriminator();
    return sequence(where, '::', name);
  }

  #discriminator(): void {
    this.#match(/(?:__\d+_|_\d)?/y);
  }

  #nestedName(facts: NameFacts | undefined): CppNode {
    const constness = this.#qualifiers();
    const sign = this.#takes('O') ? ' &&' : this.#takes('R') ? ' &' : '';
    if (facts !== undefined) facts.qualifiers = constness + sign;
    let name: CppNode | undefined = this.#takes('St') ? text('std') : undefined;
    while (!this.#takes('E')) {
      this.#takes('L');
      if (this.#takes('M')) continue;
      name = this.#component(name, facts);
    }
    // The whole name is kept, because later parts may refer to it.
    if (name === undefined || this.#subs.length === 0) throw new Unreadable();
    this.#subs.pop();
    return name;
  }

  /** A name with its next component. */
  #component(name: CppNode | undefined, facts: NameFacts | undefined): CppNode {
    if (this.#peek() === 'I') {
      if (name === undefined) throw new Unreadable();
      return this.#kept(this.#withArguments(name, facts));
    }
    if (facts !== undefined) facts.isTemplate = false;
    const next = this.#peek() + this.#peek(1);
    if (/^S[^t]/.test(next)) {
      const found = this.#substitution();
      return name === undefined ? found : this.#kept(sequence(name, '::', found));
    }
    const own = next.startsWith('T')
      ? this.#templateParameter()
      : /^D[tT]/.test(next)
        ? this.#decltype()
        : this.#unqualifiedName(facts, name);
    const isMaker = /^(?:C|D[^Cc])/.test(next) && !/^D[tT]/.test(next);
    return this.#kept(name === undefined ? own : sequence(isMaker ? (name.expanded ?? name) : name, '::', own));
  }

  /** @param owner the class that a constructor or destructor is of */
  #unqualifiedName(facts: NameFacts | undefined, owner: CppNode | undefined): CppNode {
    return this.#within(() => this.#abiTags(this.#plainName(facts, owner)));
  }

  #plainName(facts: NameFacts | undefined, owner: CppNode | undefined): CppNode {
    const letter = this.#peek();
    if (/\d/.test(letter)) return text(this.#sourceName());
    if (letter === 'U') return this.#unnamed();
    if (this.#takes('DC')) {
      const names = this.#until('E', () => text(this.#sourceName()));
      return sequence('[', list(names), ']');
    }
    if (owner !== undefined && /[CD]/.test(letter)) return this.#maker(owner, facts);
    return this.#operatorName(facts);
  }

  /** A constructor or destructor. */
  #maker(owner: CppNode, facts: NameFacts | undefined): CppNode {
    if (facts !== undefined) facts.isSpecialMember = true;
    const { base } = owner;
    if (base === undefined) throw new Unreadable();
    if (this.#takes('C')) {
      const isInherited = this.#takes('I');
      this.#match(/[1-5]/y);
      if (isInherited) this.#name(facts);
      return text(base);
    }
    this.#match(/D[01245]/y);
    return text(`~${base}`);
  }

  #abiTags(name: CppNode): CppNode {
    let tagged = name;
    while (this.#takes('B')) tagged = named(tagged, `[abi:${this.#sourceName()}]`);
    return tagged;
  }

  #sourceName(): string {
    const length = Number(this.#match(/[1-9]\d{0,5}/y));
    const end = this.#at + length;
    if (end > this.symbolText.length) throw new Unreadable();
    const name = this.symbolText.slice(this.#at, end);
    this.#at = end;
    return name.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : name;
  }

  #unnamed(): CppNode {
    if (this.#takes('Ut')) return text(`'unnamed${this.#match(/\d*_/y).slice(0, -1)}'`);
    if (this.#takes('Ub')) {
      this.#match(/\d*_/y);
      return text("'block-literal'");
    }
    this.#expect('Ul');
    const outer = this.#lambdaLevel;
    this.#lambdaLevel = this.#levels.length;
    const params = this.#takes('vE') ? [] : this.#until('E', () => this.#type());
    this.#lambdaLevel = outer;
    return sequence(`'lambda${this.#match(/\d*_/y).slice(0, -1)}'(`, list(params), ')');
  }

  #operatorName(facts: NameFacts | undefined): CppNode {
    const words = this.#takesOneOf(OPERATORS);
    if (words !== undefined) return text(`operator${words}`);
    if (this.#takes('li')) return text(`operator"" ${this.#sourceName()}`);
    if (/v\d/.test(this.#peek() + this.#peek(1))) this.#at += 2;
    else this.#expect('cv');
    if (facts !== undefined) facts.isSpecialMember = true;
    const [takesArguments, mayBeLater] = [this.#takesArguments, this.#mayBeLater];
    this.#takesArguments = false;
    this.#mayBeLater = mayBeLater || facts !== undefined;
    const type = this.#type();
    [this.#takesArguments, this.#mayBeLater] = [takesArguments, mayBeLater];
    return sequence('operator ', type);
  }

  /** `S_`, `S0_` and so on for what was read, `Ss` and its like. */
  #substitution(): CppNode {
    this.#expect('S');
    const standard = STANDARD_NAMES[this.#peek()];
    if (standard !== undefined) {
      this.#at += 1;
      const [name, base, full] = standard;
      const node: CppNode = { ...text(name), base, expanded: { ...text(full), base } };
      const tagged = this.#abiTags(node);
      return tagged === node ? node : this.#kept(tagged);
    }
    const digits = this.#match(/[0-9A-Z]{0,5}_/y).slice(0, -1);
    const found = this.#subs[digits === '' ? 0 : Number.parseInt(digits, 36) + 1];
    if (found === undefined) throw new Unreadable();
    return found;
  }

  /** ` const volatile restrict`, those that are there. */
  #qualifiers(): string {
    const restrict = this.#takes('r') ? ' restrict' : '';
    const volatile = this.#takes('V') ? ' volatile' : '';
    return (this.#takes('K') ? ' const' : '') + volatile + restrict;
  }

  #type(): CppNode {
    return this.#within(() => {
      const builtin = this.#builtinType();
      if (builtin !== undefined) return builtin;
      if (this.#peek() === 'S' && this.#peek(1) !== 't') {
        const found = this.#substitution();
        if (!this.#takesArguments || this.#peek() !== 'I') return found;
        return this.#kept(named(found, this.#templateArguments(false)));
      }
      return this.#kept(this.#compoundType());
    });
  }

  #builtinType(): CppNode | undefined {
    const letter = this.#peek();
    const word = letter === 'D' ? this.#takesOneOf(BUILTIN_TYPES) : BUILTIN_TYPES[letter];
    if (word !== undefined) {
      if (letter !== 'D') this.#at += 1;
      return text(word);
    }
    return this.#takes('DF') ? text(`_Float${this.#match(/\d+_/y).slice(0, -1)}`) : undefined;
  }

  #compoundType(): CppNode {
    const letter = this.#peek();
    if (/[rVK]/.test(letter)) {
      const words = this.#qualifiers();
      return this.#isFunctionType() ? this.#functionType(words) : qualified(this.#type(), words);
    }
    if (this.#isFunctionType()) return this.#functionType('');
    if (letter === 'T') return this.#parameterType();
    if (letter === 'D') return this.#decltypeOrPack();
    if (letter === 'U' && /\d/.test(this.#peek(1))) return this.#vendorQualified();
    if (letter === 'A') return this.#array();
    if (letter === 'M') return this.#memberPointer();
    if (this.#takes('P')) return pointer(this.#type());
    if (this.#takes('R')) return reference('&', this.#type());
    if (this.#takes('O')) return reference('&&', this.#type());
    if (this.#takes('C')) return qualified(this.#type(), ' complex');
    if (this.#takes('G')) return qualified(this.#type(), ' imaginary');
    if (this.#takes('u')) return text(this.#sourceName());
    return this.#name();
  }

  #isFunctionType(): boolean {
    return this.#peek() === 'F' || /^D[oOwx]$/.test(this.#peek() + this.#peek(1));
  }

  #functionType(qualifiers: string): CppNode {
    const behind: (CppNode | string)[] = [qualifiers];
    if (this.#takes('Do')) behind.push(' noexcept');
    else if (this.#takes('DO')) {
      behind.push(' noexcept(', this.#expression(), ')');
      this.#expect('E');
    } else if (this.#takes('Dw')) behind.push(' throw(', list(this.#until('E', () => this.#type())), ')');
    this.#takes('Dx');
    this.#expect('F');
    this.#takes('Y');
    const returns = this.#type();
    const params: CppNode[] = [];
    let sign = '';
    while (!this.#takes('E')) {
      if (this.#takes('v')) continue;
      if (this.#takes('RE')) sign = ' &';
      else if (this.#takes('OE')) sign = ' &&';
      if (sign !== '') break;
      params.push(this.#type());
    }
    behind.splice(1, 0, sign);
    return functionType({ returns, params, behind: sequence(...behind) });
  }

  #array(): CppNode {
    this.#expect('A');
    const size =
      this.#peek() === '_' ? undefined : /\d/.test(this.#peek()) ? text(this.#match(/\d+/y)) : this.#expression();
    this.#expect('_');
    return array(this.#type(), size);
  }

  #memberPointer(): CppNode {
    this.#expect('M');
    const owner = this.#type();
    return memberPointer(owner, this.#type());
  }

  #parameterType(): CppNode {
    const elaborated = { Ts: 'struct ', Tu: 'union ', Te: 'enum ' }[this.#peek() + this.#peek(1)];
    if (elaborated !== undefined) {
      this.#at += 2;
      return sequence(elaborated, this.#name());
    }
    const parameter = this.#templateParameter();
    if (!this.#takesArguments || this.#peek() !== 'I') return parameter;
    return named(this.#kept(parameter), this.#templateArguments(false));
  }

  #decltypeOrPack(): CppNode {
    if (this.#takes('Dp')) return expansion(this.#type());
    if (this.#takes('Dv')) return this.#vector();
    return /^D[tT]$/.test(this.#peek() + this.#peek(1)) ? this.#decltype() : this.#name();
  }

  #decltype(): CppNode {
    this.#at += 2;
    const of = this.#expression();
    this.#expect('E');
    return sequence('decltype(', of, ')');
  }

  #vector(): CppNode {
    if (this.#takes('_')) return sequence(this.#type(), ' vector[]');
    const size = /\d/.test(this.#peek()) ? text(this.#match(/\d+/y)) : this.#expression();
    this.#expect('_');
    const element = this.#takes('p') ? text('pixel') : this.#type();
    return sequence(element, ' vector[', size, ']');
  }

  #vendorQualified(): CppNode {
    this.#expect('U');
    const word = text(this.#sourceName());
    const qualifier = this.#peek() === 'I' ? named(word, this.#templateArguments(false)) : word;
    const type = this.#type();
    return {
      ...qualified(type, ' '),
      left: (out) => {
        out.left(type);
        out.write(' ');
        out.all(qualifier);
      },
    };
  }

  /** `T_`, `T0_`, and with the level of a lambda before it. */
  #templateParameter(): CppNode {
    this.#expect('T');
    const level = this.#takes('L') ? this.#index() + 1 : 0;
    const index = this.#index();
    const known = this.#levels[level]?.[index];
    if (this.#mayBeLater && level === 0) {
      const node = new LaterArgument();
      this.#later.push({ index, node });
      return node;
    }
    if (this.#lambdaLevel === level && level <= this.#levels.length && known === undefined) return text('auto');
    if (known === undefined) throw new Unreadable();
    return known;
  }

  /** `_` is 0, `0_` is 1. */
  #index(): number {
    const digits = this.#match(/\d{0,6}_/y).slice(0, -1);
    return digits === '' ? 0 : Number(digits) + 1;
  }

  /** @param isOwn whether they are of the function that the symbol is of, so that parameters in it refer to them */
  #templateArguments(isOwn: boolean): CppNode {
    this.#expect('I');
    const own: CppNode[] = [];
    if (isOwn) this.#levels = [own];
    const args = this.#until('E', () => {
      const levels = this.#levels;
      if (isOwn) this.#levels = [];
      const arg = this.#templateArgument();
      this.#levels = levels;
      if (isOwn) own.push(arg.elements === undefined ? arg : pack(arg.elements));
      return arg;
    });
    return sequence('<', list(args), '>');
  }

  #templateArgument(): CppNode & { readonly elements?: readonly CppNode[] } {
    return this.#within(() => {
      if (this.#takes('X')) {
        const value = this.#expression();
        this.#expect('E');
        return value;
      }
      if (this.#takes('J')) {
        const elements = this.#until('E', () => this.#templateArgument());
        return { ...list(elements), elements };
      }
      if (this.#takes('LZ')) {
        const encoding = this.#encoding();
        this.#expect('E');
        return encoding;
      }
      return this.#peek() === 'L' ? this.#literal() : this.#type();
    });
  }

  #literal(): CppNode {
    this.#expect('L');
    if (this.#takes('_Z')) {
      const encoding = this.#encoding();
      this.#expect('E');
      return encoding;
    }
    if (this.#takes('b0E')) return text('false');
    if (this.#takes('b1E')) return text('true');
    if (this.#takes('Dn')) {
      this.#match(/0?E/y);
      return text('nullptr');
    }
    const letter = this.#peek();
    const type = this.#type();
    if (letter === 'A') {
      this.#expect('E');
      return sequence('"<', type, '>"');
    }
    // The bits of a float, in hexadecimal.
    if (/[fdeg]/.test(letter)) {
      const bits = this.#match(/[0-9a-f]+E/y).slice(0, -1);
      return sequence('(', type, `)[${bits}]`);
    }
    const digits = this.#match(/n?\d+E/y)
      .slice(0, -1)
      .replace('n', '-');
    const suffix = NUMBER_SUFFIXES[letter];
    return suffix === undefined ? sequence('(', type, `)${digits}`) : text(digits + suffix);
  }

  #expression(): CppNode {
    return this.#within(() => {
      const letter = this.#peek();
      if (letter === 'L') return this.#literal();
      if (letter === 'T') return this.#templateParameter();
      // Of the operators of the language it makes no name.
      const isGlobal = this.#takes('gs') && !/^(?:nw|na|dl|da)$/.test(this.#peek() + this.#peek(1));
      const made = /\d/.test(this.#peek()) ? this.#simpleName() : (this.#operation() ?? this.#otherExpression());
      return isGlobal ? sequence('::', made) : made;
    });
  }

  /** Those that tables have. */
  #operation(): CppNode | undefined {
    const binary = this.#takesOneOf(BINARY);
    if (binary !== undefined) {
      const both = sequence('(', this.#expression(), `) ${binary} (`, this.#expression(), ')');
      // It would end template arguments.
      return binary === '>' ? sequence('(', both, ')') : both;
    }
    const prefix = this.#takesOneOf(PREFIX);
    if (prefix !== undefined) return sequence(`${prefix}(`, this.#expression(), ')');
    const step = this.#takesOneOf(STEP);
    if (step !== undefined) {
      if (this.#takes('_')) return sequence(`${step}(`, this.#expression(), ')');
      return sequence('(', this.#expression(), `)${step}`);
    }
    const cast = this.#takesOneOf(CASTS);
    if (cast !== undefined) return sequence(`${cast}<`, this.#type(), '>(', this.#expression(), ')');
    const ofExpression = this.#takesOneOf(OF_EXPRESSION);
    if (ofExpression !== undefined) return sequence(`${ofExpression} (`, this.#expression(), ')');
    const ofType = this.#takesOneOf(OF_TYPE);
    return ofType === undefined ? undefined : sequence(`${ofType} (`, this.#type(), ')');
  }

  #otherExpression(): CppNode {
    const code = this.symbolText.slice(this.#at, this.#at + 2);
    this.#at += 2;
    switch (code) {
      case 'cl':
        return sequence(this.#expression(), '(', list(this.#until('E', () => this.#expression())), ')');
      case 'cv': {
        const type = this.#type();
        const args = this.#takes('_') ? this.#until('E', () => this.#expression()) : [this.#expression()];
        return sequence('(', type, ')(', list(args), ')');
      }
      case 'dt':
        return sequence(this.#expression(), '.', this.#expression());
      case 'pt':
        return sequence(this.#expression(), '->', this.#expression());
      case 'ix':
        return sequence('(', this.#expression(), ')[', this.#expression(), ']');
      case 'qu':
        return sequence('(', this.#expression(), ') ? (', this.#expression(), ') : (', this.#expression(), ')');
      case 'fp':
      case 'fL':
        return this.#parameterOrFold(code);
      case 'fl':
      case 'fr':
      case 'fR':
        return this.#fold(code);
      case 'il':
        return sequence('{', list(this.#until('E', () => this.#expression())), '}');
      case 'tl':
        return sequence(this.#type(), '{', list(this.#until('E', () => this.#expression())), '}');
      case 'nw':
      case 'na':
        return this.#new(code === 'na' ? '[]' : '');
      case 'sp':
        return expansion(this.#expression());
      case 'sZ':
        return this.#sizeOfPack();
      case 'sr':
        return this.#unresolvedName();
      case 'tw':
        return sequence('throw ', this.#expression());
      case 'tr':
        return text('throw');
      case 'dl':
        return sequence('delete ', this.#expression());
      case 'da':
        return sequence('delete[] ', this.#expression());
      case 'on':
      case 'dn':
        this.#at -= 2;
        return this.#unresolvedEnd();
      default:
        throw new Unreadable();
    }
  }

  /** A parameter of the function, or an expression over all elements of a pack from the left with a first value. */
  #parameterOrFold(code: string): CppNode {
    if (code === 'fp' && this.#takes('T')) return text('this');
    if (code === 'fL') {
      if (!/\d/.test(this.#peek())) return this.#fold(code);
      this.#match(/\d+p/y);
    }
    this.#qualifiers();
    return text(`fp${this.#match(/\d*_/y).slice(0, -1)}`);
  }

  #fold(code: string): CppNode {
    const operator = this.#takesOneOf(BINARY);
    if (operator === undefined) throw new Unreadable();
    const operands = [this.#expression(), ...(/[LR]/.test(code) ? [this.#expression()] : [])];
    const isLeft = /l/i.test(code);
    const packAt = isLeft ? operands.length - 1 : 0;
    const written = operands.map((operand, i) => (i === packAt ? sequence('(', expansion(operand), ')') : operand));
    const dots = isLeft ? -1 : 1;
    const parts = [...written.slice(0, dots), text('...'), ...written.slice(dots)];
    return sequence('(', ...parts.flatMap((part, i) => (i === 0 ? [part] : [` ${operator} `, part])), ')');
  }

  /** `new (place) T(arguments)` */
  #new(brackets: string): CppNode {
    const places = this.#until('_', () => this.#expression());
    const type = this.#type();
    const isGiven = this.#takes('pi');
    if (!isGiven) this.#expect('E');
    const args = isGiven ? this.#until('E', () => this.#expression()) : [];
    const place = places.length === 0 ? '' : sequence(' (', list(places), ')');
    const given = isGiven ? sequence('(', list(args), ')') : '';
    return sequence(`new${brackets}`, place, places.length === 0 ? ' ' : '', type, given);
  }

  #sizeOfPack(): CppNode {
    const of = this.#peek() === 'T' ? this.#templateParameter() : this.#expression();
    return sequence('sizeof...(', expansion(of), ')');
  }

  /** A name that depends on template arguments: `T::value`. */
  #unresolvedName(): CppNode {
    const hasLevels = this.#takes('N');
    let name: CppNode;
    if (hasLevels || !/\d/.test(this.#peek())) {
      name = this.#unresolvedType();
      while (hasLevels && !this.#takes('E')) name = sequence(name, '::', this.#simpleName());
    } else {
      name = this.#simpleName();
      while (!this.#takes('E')) name = sequence(name, '::', this.#simpleName());
    }
    return sequence(name, '::', this.#unresolvedEnd());
  }

  #unresolvedType(): CppNode {
    const letter = this.#peek();
    const type =
      letter === 'T'
        ? this.#kept(this.#templateParameter())
        : letter === 'D'
          ? this.#kept(this.#decltype())
          : this.#substitution();
    return this.#peek() === 'I' ? this.#kept(named(type, this.#templateArguments(false))) : type;
  }

  #unresolvedEnd(): CppNode {
    if (this.#takes('dn')) return sequence('~', /\d/.test(this.#peek()) ? this.#simpleName() : this.#unresolvedType());
    if (!this.#takes('on')) return this.#simpleName();
    const name = this.#operatorName(undefined);
    return this.#peek() === 'I' ? named(name, this.#templateArguments(false)) : name;
  }

  #simpleName(): CppNode {
    const name = text(this.#sourceName());
    return this.#peek() === 'I' ? named(name, this.#templateArguments(false)) : name;
  }
}
