/** Places in modules as text: the byte, and the source line if the module has it. */
import { type SourceLines, sourceLinesOf } from '../src/profile/source-lines.js';
import type { Module } from '../src/wasm/module.js';

export class SourcePlaces {
  readonly #lines = new WeakMap<Module, { readonly lines: SourceLines | undefined }>();

  /** `tally at byte 97, tally.c:12` */
  placeText(module: Module | undefined, name: string, offset: number): string {
    const at = `${name} at byte ${offset}`;
    if (module === undefined) return at;
    const known = this.#lines.get(module) ?? { lines: sourceLinesOf(module) };
    this.#lines.set(module, known);
    const place = known.lines?.(offset);
    return place === undefined || place.line === 0 ? at : `${at}, ${place.file}:${place.line}`;
  }
}
