/**
 * Demangles C++ symbols of the Itanium C++ ABI (`_Z...`), which clang and gcc use.
 *
 * Invariant: a text that is not a symbol, a damaged symbol, or one with a very long name is not changed. Nothing
 * depends on a name.
 */
import { textOf, Unreadable } from './cpp-node.js';
import { CppReader } from './cpp-reader.js';

/** Names of templates may be long, but are bounded. */
const SYMBOL_LENGTH_MAX = 8_192;

/** The name of a C++ symbol; any other text is returned unchanged. */
export function cppName(symbol: string): string {
  if (!symbol.startsWith('_Z') || symbol.length > SYMBOL_LENGTH_MAX) return symbol;
  try {
    return textOf(new CppReader(symbol).symbol());
  } catch (error) {
    if (error instanceof Unreadable) return symbol;
    throw error;
  }
}
