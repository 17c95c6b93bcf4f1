/** The source map beside a module, where compilers write it. */
import { existsSync } from 'node:fs';
import { readBytesWithin } from './read-bytes.js';

const BYTES_MAX = 67_108_864;

export function sourceMapBeside(path: string): string | undefined {
  const map = `${path}.map`;
  return existsSync(map) ? new TextDecoder().decode(readBytesWithin(map, BYTES_MAX, 'a source map')) : undefined;
}
