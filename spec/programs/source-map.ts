/**
 * source-map: the Rust parser of mappings that debuggers use. It reports each mapping by a host call with ten
 * arguments. The mappings are checked against a simple parser (base 64 VLQ, source map revision 3).
 */
import { expect } from 'chai';
import { packageFile } from './package-file.js';
import type { Integer, RealProgram } from './running.js';

/** The six fields of a mapping, null where a segment has none. */
type Mapping = readonly [
  generatedLine: number,
  generatedColumn: number,
  source: number | null,
  originalLine: number | null,
  originalColumn: number | null,
  name: number | null,
];

/** A program that parses the mappings of a source map. */
export function sourceMapProgram(name: string, mappings: string): RealProgram {
  const heard: Mapping[] = [];
  return {
    name,
    bytes: packageFile('source-map', 'lib/mappings.wasm'),
    imports: () => {
      heard.length = 0;
      return {
        'env.mapping_callback': (_program, args) => {
          heard.push(mappingOf(args as readonly number[]));
          return undefined;
        },
      };
    },
    drive: (program) => {
      const text = new TextEncoder().encode(mappings);
      const [at] = program.call('allocate_mappings', [text.length]) as [Integer];
      program.write(Number(at), text);
      const [parsed] = program.call('parse_mappings', [at]) as [Integer];
      expect(parsed, 'parse_mappings').to.not.equal(0);
      program.call('compute_column_spans', [parsed]);
      program.call('by_generated_location', [parsed]);
      const printed = heard.map((mapping) => mapping.join());
      expect(printed).to.deep.equal(readMappings(mappings).map((mapping) => mapping.join()));
      program.call('free_mappings', [parsed]);
      return printed;
    },
  };
}

function mappingOf(args: readonly number[]): Mapping {
  const [line, column, , , hasOriginal, source, originalLine, originalColumn, hasName, name] = args as [
    number,
    number,
    ...number[],
  ];
  if (hasOriginal === 0) return [line, column, null, null, null, null];
  return [line, column, source!, originalLine!, originalColumn!, hasName === 0 ? null : name!];
}

const BASE_64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function readMappings(text: string): readonly Mapping[] {
  const mappings: Mapping[] = [];
  let [source, originalLine, originalColumn, name] = [0, 0, 0, 0];
  text.split(';').forEach((segments, line) => {
    let column = 0;
    for (const segment of segments.split(',')) {
      const fields = readSegment(segment);
      if (fields.length === 0) continue;
      column += fields[0]!;
      source += fields[1] ?? 0;
      originalLine += fields[2] ?? 0;
      originalColumn += fields[3] ?? 0;
      name += fields[4] ?? 0;
      if (fields.length === 1) mappings.push([line, column, null, null, null, null]);
      else mappings.push([line, column, source, originalLine, originalColumn, fields.length > 4 ? name : null]);
    }
  });
  return mappings;
}

function readSegment(segment: string): readonly number[] {
  const fields: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = BASE_64.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits >= 32) continue;
    fields.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return fields;
}

/** The mappings of a source map, given as its JSON; of its first lines only, if `lines` is given. */
export function mappingsOf(json: Uint8Array, lines?: number): string {
  const { mappings } = JSON.parse(new TextDecoder().decode(json)) as { readonly mappings: string };
  return mappings.split(';', lines).join(';');
}
