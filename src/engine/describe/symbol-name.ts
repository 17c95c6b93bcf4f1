/** What a function is called: symbols of Rust and C++ as people write them, all others as they are. A name decides nothing. */
import { cppName } from './cpp-name.js';
import { rustName } from './rust-name.js';

export function symbolName(symbol: string): string {
  const name = rustName(symbol);
  return name === symbol ? cppName(symbol) : name;
}
