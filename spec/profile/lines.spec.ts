/** Fuel by source line: line tables of C and Rust, a source map of AssemblyScript, and invalid bytes. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { createEngine, i32 } from '../../src/index.js';
import { readDwarfLines } from '../../src/profile/dwarf-lines.js';
import type { Profile } from '../../src/profile/profile.js';
import { profileOf } from '../../src/profile/profile-of.js';
import { customSections } from '../../src/wasm/custom-sections.js';
import { sumOf } from './check-profile.js';

const FOLDER = 'spec/profile/guests';
const COUNT = 50;

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${FOLDER}/${name}`));

async function loaded(bytes: Uint8Array) {
  const made = await createEngine({ tier: 'interpreter' }).load(bytes);
  if (!made.ok) throw new Error(made.fault.code);
  return made.module;
}

async function profiled(name: string, sourceMap?: string): Promise<Profile> {
  const module = await loaded(bytesOf(name));
  return profileOf(module.call('run', [i32(COUNT)]), sourceMap === undefined ? {} : { sourceMap });
}

async function sectionOf(name: string, section: string): Promise<Uint8Array | undefined> {
  const { metered } = await loaded(bytesOf(name));
  for (const { name: found, bytes } of customSections(metered.module))
    if (found === section) return metered.module.bytes.slice(bytes.start, bytes.end);
  return undefined;
}

async function debugSections(name: string) {
  const [line, str, lineStr] = [
    await sectionOf(name, '.debug_line'),
    await sectionOf(name, '.debug_str'),
    await sectionOf(name, '.debug_line_str'),
  ];
  return { line: line!, ...(str && { str }), ...(lineStr && { lineStr }) };
}

/** Fuel by line of a function in the profile. */
function linesOf(profile: Profile, name: string): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { frame, file, line, fuel } of profile.lines)
    if (profile.frames[frame]!.name === name) found[`${file.split('/').at(-1)}:${line}`] = fuel;
  return found;
}

function checkSum({ lines, blocks, fuel }: Profile): void {
  expect(sumOf(lines.map((line) => line.fuel))).to.equal(sumOf(blocks.map((block) => block.fuel)));
  expect(sumOf(lines.map((line) => line.fuel))).to.equal(fuel.parts.guest);
}

describe('fuel by source line', () => {
  for (const name of ['tally-dwarf4', 'tally-dwarf5', 'tally-rust'])
    it(`has the rows of llvm-dwarfdump for ${name}`, async () => {
      const read = readDwarfLines(await debugSections(`${name}.wasm`));
      if (!read.ok) throw new Error(read.fault.reason);
      const { addresses, lines, fileIndices, sequences } = read.lines;
      const rows = sequences.flatMap(({ first, end }) =>
        Array.from({ length: end - first }, (_, i) => {
          const row = first + i;
          return `${addresses[row]} ${lines[row]}${fileIndices[row]! < 0 ? ' end' : ''}`;
        }),
      );
      const wanted = readFileSync(`${FOLDER}/${name}.rows.txt`, 'utf8')
        .trimEnd()
        .split('\n')
        .map((row) => row.replace(/^(\d+ \d+) \d+/, '$1'));
      expect(rows).to.deep.equal(wanted);
    });

  it('of C: agrees between versions 4 and 5', async () => {
    const [four, five] = [await profiled('tally-dwarf4.wasm'), await profiled('tally-dwarf5.wasm')];
    for (const profile of [four, five]) {
      checkSum(profile);
      const tally = linesOf(profile, 'tally');
      // The loop's body is the most expensive line; the function is entered once, weigh fifty times.
      expect(tally['tally.c:11']).to.be.greaterThan(tally['tally.c:10']!);
      expect(tally['tally.c:12']).to.equal(1);
      expect(linesOf(profile, 'weigh')['tally.c:1']).to.equal(COUNT * 5);
      expect(profile.frames.find(({ name }) => name === 'tally')!.source).to.match(/tally\.c:8$/);
    }
    expect(linesOf(four, 'weigh')).to.deep.equal(linesOf(five, 'weigh'));
  });

  it('of Rust, with inlined code at its own line', async () => {
    const profile = await profiled('tally-rust.wasm');
    checkSum(profile);
    const weigh = linesOf(profile, 'tally::weigh');
    expect(weigh['tally.rs:13']).to.be.greaterThan(0);
    expect(Object.keys(weigh).some((place) => place.startsWith('uint_macros.rs:'))).to.equal(true);
    expect(Object.keys(linesOf(profile, 'run'))).to.include.members(['tally.rs:23', 'tally.rs:24']);
  });

  it('of AssemblyScript, from its source map', async () => {
    const profile = await profiled('tally-as.wasm', readFileSync(`${FOLDER}/tally-as.wasm.map`, 'utf8'));
    checkSum(profile);
    const run = linesOf(profile, 'run');
    // The inner loop runs ten times as often as the outer one.
    expect(run['tally.ts:4']).to.equal(COUNT * 10 * 5);
    expect(run['tally.ts:4']).to.be.greaterThan(run['tally.ts:11']!);
    expect((await profiled('tally-as.wasm', 'no map')).lines).to.deep.equal([]);
  });

  it('of a call that was exhausted in the middle: the lines sum to the fuel', async () => {
    const module = await loaded(bytesOf('tally-dwarf4.wasm'));
    const { used } = module.call('run', [i32(COUNT)]).receipt.fuel;
    for (let fuel = used - 1; fuel > used - 60; fuel -= 7)
      checkSum(profileOf(module.call('run', [i32(COUNT)], { fuel })));
  });

  it('is omitted where bytes are not a line table, and reading terminates', async () => {
    const tables = [await debugSections('tally-dwarf4.wasm'), await debugSections('tally-dwarf5.wasm')];
    let faults = 0;
    const damaged = fc.record({
      table: fc.constantFrom(...tables),
      changes: fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      cut: fc.option(fc.nat(600)),
    });
    fc.assert(
      fc.property(damaged, ({ table, changes, cut }) => {
        const line = table.line.slice(0, cut ?? undefined);
        for (const [at, byte] of changes) if (at < line.length) line[at] = byte;
        const read = readDwarfLines({ ...table, line });
        if (!read.ok) {
          faults++;
          expect(read.fault.offset).to.be.within(0, line.length);
          expect(read.fault.reason).to.not.equal('');
        }
      }),
      { numRuns: 500 },
    );
    expect(faults).to.be.greaterThan(20);
  });
});
