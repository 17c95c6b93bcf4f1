/** The content security policy of a page in one file: only the script and the style that are in it, by their hashes, and no network. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '../base/hash.js';

function sourceOf(text: string): string {
  return `'sha256-${btoa(String.fromCharCode(...sha256(utf8(text))))}'`;
}

/** @param script text of its one script, as it is in the file; likewise `style` */
export function pagePolicy(script: string, style: string): string {
  const sources = `script-src ${sourceOf(script)}; style-src ${sourceOf(style)}`;
  return `default-src 'none'; ${sources}; base-uri 'none'; form-action 'none'`;
}
