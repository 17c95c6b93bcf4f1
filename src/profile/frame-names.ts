/** What functions are called in profiles: symbols of Rust and C++ as people write them. Names decide nothing. */
import { functionLabels } from '../engine/describe/function-labels.js';
import { symbolName } from '../engine/describe/symbol-name.js';
import type { Module } from '../wasm/module.js';

export type NameOf = (functionIndex: number) => string;

/** Names by function index, imported functions counted. */
export function frameNames(module: Module): NameOf {
  const label = functionLabels(module);
  return (functionIndex) => symbolName(label(functionIndex));
}
