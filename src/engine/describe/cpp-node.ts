/**
 * What a symbol of C++ consists of, and its text. A type is written around what it belongs to, `int (*f)(char)`: so a node has a left
 * side and may have a right one. Packs of template arguments are written once for each of their elements.
 *
 * Invariant: writing ends after a fixed number of steps and characters, whatever nodes refer to, because a short symbol
 * can stand for an endless name.
 */

/** A symbol is malformed, or its name is too long. */
export class Unreadable extends Error {}

const LENGTH_MAX = 4_096;
const STEPS_MAX = 10_000;
const DEPTH_MAX = 400;

/** The text while it is written. */
export class Output {
  text = '';
  /** For the packs in the current expansion: which element, of how many. Undefined if there was no pack yet. */
  pack: { readonly index: number; readonly size: number } | undefined;
  #steps = 0;
  #depth = 0;

  write(text: string): void {
    this.text += text;
    if (this.text.length > LENGTH_MAX) throw new Unreadable();
  }

  /** Does one more step, within the bounds. */
  within<T>(work: () => T): T {
    if (++this.#steps > STEPS_MAX || ++this.#depth > DEPTH_MAX) throw new Unreadable();
    const result = work();
    this.#depth--;
    return result;
  }

  left(node: CppNode): void {
    this.within(() => node.left(this));
  }

  right(node: CppNode): void {
    this.within(() => node.right?.(this));
  }

  /** Both sides. */
  all(node: CppNode): void {
    this.left(node);
    this.right(node);
  }

  /** With commas; an expansion of an empty pack leaves nothing. */
  list(nodes: readonly CppNode[]): void {
    let isFirst = true;
    for (const node of nodes) {
      const before = this.text;
      if (!isFirst) this.write(', ');
      const start = this.text.length;
      this.all(node);
      if (this.text.length === start) this.text = before;
      else isFirst = false;
    }
  }

  shapeOf(node: CppNode): Shape {
    return this.within(() => node.shape?.(this));
  }

  isOpen(node: CppNode): boolean {
    return this.within(() => node.isOpen?.(this) ?? false);
  }

  /** What a node stands for here: the element of a pack, or the argument of a parameter. */
  resolved(node: CppNode): CppNode {
    return this.within(() => (node.resolve === undefined ? node : this.resolved(node.resolve(this))));
  }
}

/** A pointer to one of these has parentheses around it. */
export type Shape = 'array' | 'function' | undefined;

export interface CppNode {
  left(out: Output): void;
  right?(out: Output): void;
  shape?(out: Output): Shape;
  /** Whether something follows on its right. */
  isOpen?(out: Output): boolean;
  /** What it stands for at the current place. */
  resolve?(out: Output): CppNode;
  /** For a reference: what it refers to. */
  readonly refersTo?: { readonly sign: '&' | '&&'; readonly to: CppNode };
  /** The name of its constructors. */
  readonly base?: string;
  /** For `std::string` and similar names: the class that they abbreviate. */
  readonly expanded?: CppNode;
}

/** The text of a node, both sides. */
export function textOf(node: CppNode): string {
  const out = new Output();
  out.all(node);
  return out.text;
}

export function text(value: string): CppNode {
  return { left: (out) => out.write(value), base: value };
}

/** Nodes one after the other; the last one gives the name of constructors. */
export function sequence(...parts: readonly (CppNode | string)[]): CppNode {
  const last = parts.at(-1);
  return {
    left: (out) => {
      for (const part of parts) {
        if (typeof part === 'string') out.write(part);
        else out.all(part);
      }
    },
    ...(typeof last === 'object' && last.base !== undefined ? { base: last.base } : {}),
  };
}

export function list(nodes: readonly CppNode[]): CppNode {
  return { left: (out) => out.list(nodes) };
}

/** A name and its suffix, which is not part of the name of its constructors. */
export function named(name: CppNode, behind: CppNode | string): CppNode {
  return {
    left: (out) => {
      out.all(name);
      if (typeof behind === 'string') out.write(behind);
      else out.all(behind);
    },
    ...(name.base === undefined ? {} : { base: name.base }),
  };
}

/** A type with qualifiers that do not change its form: `const`, or a vendor's. */
export function qualified(type: CppNode, words: string): CppNode {
  if (words === '') return type;
  return {
    left: (out) => {
      out.left(type);
      out.write(words);
    },
    right: (out) => out.right(type),
    shape: (out) => out.shapeOf(type),
    isOpen: (out) => out.isOpen(type),
  };
}

function beginPointed(out: Output, type: CppNode): void {
  out.left(type);
  const shape = out.shapeOf(type);
  if (shape === 'array') out.write(' ');
  if (shape !== undefined) out.write('(');
}

function endPointed(out: Output, type: CppNode): void {
  if (out.shapeOf(type) !== undefined) out.write(')');
  out.right(type);
}

export function pointer(type: CppNode): CppNode {
  return {
    left: (out) => {
      beginPointed(out, type);
      out.write('*');
    },
    right: (out) => endPointed(out, type),
    isOpen: (out) => out.isOpen(type),
  };
}

/** A reference to a reference is a single one, and an rvalue reference only if both are. */
export function reference(sign: '&' | '&&', type: CppNode): CppNode {
  const collapsed = (out: Output) => {
    let [all, to] = [sign, out.resolved(type)];
    for (let next = to.refersTo; next !== undefined; next = to.refersTo) {
      if (next.sign === '&') all = '&';
      to = out.within(() => out.resolved(next!.to));
    }
    return { all, to };
  };
  return {
    left: (out) => {
      const { all, to } = collapsed(out);
      beginPointed(out, to);
      out.write(all);
    },
    right: (out) => endPointed(out, collapsed(out).to),
    isOpen: (out) => out.isOpen(type),
    refersTo: { sign, to: type },
  };
}

export function memberPointer(owner: CppNode, type: CppNode): CppNode {
  return {
    left: (out) => {
      out.left(type);
      out.write(out.shapeOf(type) === undefined ? ' ' : '(');
      out.all(owner);
      out.write('::*');
    },
    right: (out) => endPointed(out, type),
    isOpen: (out) => out.isOpen(type),
  };
}

/** @param size undefined for an array of unknown bound */
export function array(element: CppNode, size: CppNode | undefined): CppNode {
  return {
    left: (out) => out.left(element),
    right: (out) => {
      if (!out.text.endsWith(']')) out.write(' ');
      out.write('[');
      if (size !== undefined) out.all(size);
      out.write(']');
      out.right(element);
    },
    shape: () => 'array',
    isOpen: () => true,
  };
}

export interface Signature {
  readonly returns: CppNode | undefined;
  readonly params: readonly CppNode[];
  /** ` const`, ` &&`, ` noexcept`. */
  readonly behind: CppNode;
}

function writeParams(out: Output, { returns, params, behind }: Signature): void {
  out.write('(');
  out.list(params);
  out.write(')');
  if (returns !== undefined) out.right(returns);
  out.all(behind);
}

export function functionType(signature: Signature): CppNode {
  return {
    left: (out) => {
      out.left(signature.returns!);
      out.write(' ');
    },
    right: (out) => writeParams(out, signature),
    shape: () => 'function',
    isOpen: () => true,
  };
}

/** A function with its name; only templates have their return type. */
export function functionOf(name: CppNode, signature: Signature): CppNode {
  const { returns } = signature;
  return {
    left: (out) => {
      if (returns !== undefined) {
        out.left(returns);
        if (!out.isOpen(returns)) out.write(' ');
      }
      out.all(name);
    },
    right: (out) => writeParams(out, signature),
  };
}

/** Several template arguments for one parameter. */
export function pack(elements: readonly CppNode[]): CppNode {
  const element = (out: Output): CppNode => {
    out.pack ??= { index: 0, size: elements.length };
    return elements[out.pack.index] ?? NOTHING;
  };
  return {
    left: (out) => out.left(element(out)),
    right: (out) => out.right(element(out)),
    shape: (out) => out.shapeOf(element(out)),
    isOpen: (out) => out.isOpen(element(out)),
    resolve: element,
  };
}

export const NOTHING: CppNode = { left: () => undefined };

/** Written once for each element of the packs in it; without a pack it is followed by dots. */
export function expansion(pattern: CppNode): CppNode {
  return {
    left: (out) => {
      const outer = out.pack;
      const before = out.text;
      out.pack = undefined;
      out.all(pattern);
      const found = out.pack as Output['pack'];
      if (found === undefined) out.write('...');
      else if (found.size === 0) out.text = before;
      for (let index = 1; found !== undefined && index < found.size; index++) {
        out.pack = { index, size: found.size };
        out.write(', ');
        out.all(pattern);
      }
      out.pack = outer;
    },
  };
}

/** A template parameter that occurs before its argument, in the type of a conversion operator. */
export class LaterArgument implements CppNode {
  argument: CppNode | undefined;

  #known(): CppNode {
    if (this.argument === undefined) throw new Unreadable();
    return this.argument;
  }

  left(out: Output): void {
    out.left(this.#known());
  }

  right(out: Output): void {
    out.right(this.#known());
  }

  shape(out: Output): Shape {
    return out.shapeOf(this.#known());
  }

  isOpen(out: Output): boolean {
    return out.isOpen(this.#known());
  }

  resolve(): CppNode {
    return this.#known();
  }
}
