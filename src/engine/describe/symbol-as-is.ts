/** Names of functions in backtraces, for browsers: symbols as they are. What reads them costs as much as validation; `assay/profile` has it. */
export function symbolName(symbol: string): string {
  return symbol;
}
