/**
 * The names of C++ functions as people write them, from symbols of the Itanium C++ ABI (`_Z...`), which clang and gcc use.
 *
 * Invariant: a symbol that is none, is damaged, or would be longer than it is worth stays as it is. A name decides nothing.
 */
import { textOf, Unreadable } from './cpp-node.js';
import { CppReader } from './cpp-reader.js';

/** Names of templates may be long, but not without end. */
const SYMBOL_LENGTH_MAX = 8_192;

/** The name of a C++ symbol; any other text as it is. */
export function cppName(symbol: string): string {
  if (!symbol.startsWith('_Z') || symbol.length > SYMBOL_LENGTH_MAX) return symbol;
  try {
    return textOf(new CppReader(symbol).symbol());
  } catch (error) {
    if (error instanceof Unreadable) return symbol;
    throw error;
  }
}
