/** Files for other tools: speedscope's own schema, pprof's own reader, HTML that no name can break out of. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Profile as Pprof } from 'pprof-format';
import { i32 } from '../../src/index.js';
import { flameHtml } from '../../src/profile/flame-html.js';
import { foldedText } from '../../src/profile/folded.js';
import { pprofBytes } from '../../src/profile/pprof.js';
import type { Profile } from '../../src/profile/profile.js';
import { profileOf } from '../../src/profile/profile-of.js';
import { speedscopeText } from '../../src/profile/speedscope.js';
import { loadText } from '../engine/load-text.js';
import { policyOf, policyOfContents } from './page-policy.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The places where a value violates a JSON schema, for the keywords that speedscope's schema uses. */
function against(value: unknown, schema: Schema, root: Schema, path = '$'): string | undefined {
  const { $ref, type, anyOf, properties = {}, required = [], items } = schema;
  if ($ref !== undefined) return against(value, root.definitions![$ref.split('/').at(-1)!]!, root, path);
  if (anyOf !== undefined) {
    const faults = anyOf.map((one) => against(value, one, root, path));
    return faults.includes(undefined) ? undefined : faults.join(' or ');
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `${path} is none of ${schema.enum.join()}`;
  if (schema.const !== undefined && schema.const !== value) return `${path} is not ${String(schema.const)}`;
  if (type === 'array') {
    if (!Array.isArray(value)) return `${path} is no array`;
    return value.map((item, i) => against(item, items!, root, `${path}[${i}]`)).find((fault) => fault !== undefined);
  }
  if (type === 'object') {
    if (typeof value !== 'object' || value === null) return `${path} is no object`;
    const object = value as Readonly<Record<string, unknown>>;
    const missing = required.find((name) => object[name] === undefined);
    if (missing !== undefined) return `${path}.${missing} is missing`;
    return Object.entries(properties)
      .filter(([name]) => object[name] !== undefined)
      .map(([name, one]) => against(object[name], one, root, `${path}.${name}`))
      .find((fault) => fault !== undefined);
  }
  return type === undefined || type === (value === null ? 'null' : typeof value) ? undefined : `${path} is no ${type}`;
}

const HOSTILE = '</script><img src=x onerror=alert(1)>;\\n" \u2028';

describe('formats of a profile', () => {
  let profile: Profile;
  before(async () => {
    const module = await loadText(`(module
      (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "run") (param i32) (result i32)
        (loop (local.set 0 (i32.sub (call $leaf (local.get 0)) (i32.const 2))) (br_if 0 (local.get 0)))
        (local.get 0)))`);
    profile = profileOf(module.call('run', [i32(4)]));
  });

  it('speedscope: conforms to its schema', () => {
    const path = createRequire(import.meta.url)
      .resolve('speedscope/package.json')
      .replace(/package\.json$/, '');
    const schema = JSON.parse(readFileSync(`${path}dist/release/file-format-schema.json`, 'utf8')) as Schema;
    const root = schema.$ref === undefined ? schema : { ...schema, $ref: schema.$ref };
    expect(against(JSON.parse(speedscopeText(profile)), root, root)).to.equal(undefined);
    const broken = { ...(JSON.parse(speedscopeText(profile)) as object), profiles: [{ type: 'sampled' }] };
    expect(against(broken, root, root)).to.be.a('string');
  });

  it('pprof: stacks innermost first, with names', () => {
    const { sample, function: functions, stringTable, location } = Pprof.decode(gunzipSync(pprofBytes(profile)));
    const nameOf = (id: number): string => {
      const line = location.find((one) => Number(one.id) === id)!.line[0]!;
      return stringTable.strings[Number(functions.find((one) => Number(one.id) === Number(line.functionId))!.name)]!;
    };
    const stacks = sample.map(({ locationId, value }) => [
      locationId.map((id) => nameOf(Number(id))).join(),
      ...value.map(Number),
    ]);
    const leaf = profile.nodes.find(({ frame }) => profile.frames[frame]!.name === 'leaf')!;
    expect(stacks).to.deep.include(['leaf,run', leaf.self, 4]);
  });

  it('are reproducible byte by byte', () => {
    const forms = [
      flameHtml,
      foldedText,
      speedscopeText,
      (one: Profile) => Buffer.from(pprofBytes(one)).toString('hex'),
    ];
    for (const form of forms) expect(form(profile)).to.equal(form(JSON.parse(JSON.stringify(profile)) as Profile));
  });

  it('escape the names of a guest', () => {
    const frames = profile.frames.map((frame) => ({ ...frame, name: HOSTILE }));
    const hostile = { ...profile, frames, export: HOSTILE };
    expect(flameHtml(hostile).match(/<\/script>/g)).to.have.length(2);
    expect(flameHtml(hostile)).not.to.contain('<img');
    expect(policyOf(flameHtml(hostile))).to.equal(policyOfContents(flameHtml(hostile)));
    for (const line of foldedText(hostile).trimEnd().split('\n')) expect(line).to.match(/^[^;]+(?:;[^;]+)* \d+$/);
    expect(() => JSON.parse(speedscopeText(hostile)) as unknown).not.to.throw();
  });
});
