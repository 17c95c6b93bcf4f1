/**
 * Every package declared in package.json is used: the dependencies of users by the built code of `src`, the others by a
 * script, a configuration or a file of the repository. Packages that only a tool uses are listed with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

interface Manifest {
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** Packages that another package looks for by itself. */
const USED_BY_TOOLS: Readonly<Record<string, string>> = {
  typescript: 'dependency-cruiser and typedoc read sources with it',
  '@stryker-mutator/mocha-runner': 'Stryker loads it as the plugin of its test runner',
};

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const MANIFEST = read<Manifest>('package.json');

function sources(folders: readonly string[]): string {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|js|mjs|cjs|json)$/.test(name) && !name.endsWith('dependencies.spec.ts'))
      .map((name) => join(folder, name)),
  );
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** As a module, or as a name or path in quotes. */
function isNamed(name: string, text: string): boolean {
  return new RegExp(`['"\`](?:(?:\\.\\.?/)*node_modules/)?${escaped(name)}(?:['"\`]|/)`).test(text);
}

/** A program of the package in a script. */
function isRun(name: string): boolean {
  const { bin = {} } = read<Manifest>(join('node_modules', name, 'package.json'));
  const programs = typeof bin === 'string' ? [name] : Object.keys(bin);
  const scripts = Object.values(MANIFEST.scripts).join('\n');
  const isInScripts = programs.some((program) =>
    new RegExp(`(?:^|&& |npx |c8 )${escaped(program)}\\b`, 'm').test(scripts),
  );
  return isInScripts || scripts.includes(`node_modules/${name}/`);
}

describe('declared packages', () => {
  const ours = sources(['src']);
  const config = readdirSync('.').filter((name) => /\.(?:json|cjs|js)$/.test(name) && !name.startsWith('package'));
  const all = [ours, sources(['spec', 'bench', 'vectors']), ...config.map((name) => readFileSync(name, 'utf8'))].join(
    '\n',
  );

  it('of users are imported by the published code', () => {
    const names = [...Object.keys(MANIFEST.dependencies), ...Object.keys(MANIFEST.peerDependencies)];
    expect(names.filter((name) => !isNamed(name, ours))).to.deep.equal([]);
  });

  it('of development are used', () => {
    const unused = Object.keys(MANIFEST.devDependencies).filter((name) => {
      const typed = name.replace(/^@types\//, '');
      const isUsed = isNamed(typed, all) || (/['"]node:/.test(all) && typed === 'node');
      return !isUsed && !isRun(name) && USED_BY_TOOLS[name] === undefined;
    });
    expect(unused).to.deep.equal([]);
    const undeclared = Object.keys(USED_BY_TOOLS).filter((name) => MANIFEST.devDependencies[name] === undefined);
    expect(undeclared).to.deep.equal([]);
  });

  it('a package that is not imported is reported', () => {
    expect(isNamed('left-pad', all)).to.equal(false);
    expect(isNamed('chai', all) && isNamed('@noble/curves', all) && isRun('c8')).to.equal(true);
  });
});
