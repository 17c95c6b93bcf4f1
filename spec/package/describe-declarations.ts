/**
 * The declarations as users' compilers read them: exact, complete in themselves, and the same in the oldest and the
 * newest supported TypeScript. A strict program compiles, each of its mistakes is an error, and so does the code of the
 * pages.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { codeBlocks } from '../docs/code-blocks.js';
import { InstalledPackage } from './installed-package.js';

/** 5.7 is the first in which the type of a byte array names its buffer. */
const COMPILERS = { oldest: 'typescript-oldest', newest: 'typescript-newest' } as const;
const CONSUMER = 'spec/package/consumer';
const ERROR = /^(?:.*[\\/])?([\w.-]+)\((\d+),\d+\): error (TS\d+):/gm;

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  // The package's declarations are checked too, and need neither the DOM nor the types of Node.
  skipLibCheck: false,
  lib: ['ES2022'],
  target: 'ES2022',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: [],
  noEmit: true,
};

/** Options of a program for Node. */
const WITH_NODE = { ...STRICT, types: ['node'] };

export function describeDeclarations(age: keyof typeof COMPILERS): void {
  describe(`declarations, read by the ${age} TypeScript`, () => {
    let assay: InstalledPackage;

    before(() => {
      assay = new InstalledPackage();
      assay.link('fast-check');
      assay.link('@types/node');
      for (const file of readdirSync(CONSUMER)) {
        writeFileSync(join(assay.folder, file), readFileSync(join(CONSUMER, file), 'utf8'));
      }
      mkdirSync(join(assay.folder, 'pages'));
    });

    after(() => assay.remove());

    /** The errors, each as file, line and code; any other output of the compiler is a failure. */
    const errorsOf = (project: string, options: object, files: readonly string[]): readonly string[] => {
      writeFileSync(join(assay.folder, project), JSON.stringify({ compilerOptions: options, files }));
      const program = resolve('node_modules', COMPILERS[age], 'bin', 'tsc');
      const { stdout, status } = spawnSync(process.execPath, [program, '--project', project, '--pretty', 'false'], {
        cwd: assay.folder,
        encoding: 'utf8',
      });
      const errors = [...stdout.matchAll(ERROR)].map(([, file, line, code]) => `${file}:${line} ${code}`);
      if (status !== 0 && errors.length === 0) throw new Error(`${COMPILERS[age]} failed:\n${stdout}`);
      return errors;
    };

    it('omit nothing and contain no any', () => {
      for (const path of assay.files.filter((file) => file.endsWith('.d.ts'))) {
        const text = readFileSync(assay.path(path), 'utf8');
        expect(text, path).to.not.include('elided');
        expect(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''), path).to.not.match(/\bany\b/);
      }
    });

    const wrong = readFileSync(join(CONSUMER, 'wrong.ts'), 'utf8').split('\n');
    const wanted = wrong.flatMap((line, index) => {
      const code = / \/\/ (TS\d+)$/.exec(line)?.[1];
      return code === undefined ? [] : [`wrong.ts:${index + 1} ${code}`];
    });

    it('compile a strict program and report its mistakes', () => {
      expect(errorsOf('strict.json', STRICT, ['right.ts', 'wrong.ts'])).to.deep.equal(wanted);
    });

    it('are complete for every entry point of the package', () => {
      const entries = Object.keys(assay.manifest.exports).filter((entry) => !/[*]|json$/.test(entry));
      const lines = entries.map((entry, at) => `export type * as entry${at} from '${entry.replace('.', 'assay')}';`);
      writeFileSync(join(assay.folder, 'entries.ts'), lines.join('\n'));
      expect(entries).to.include('./session');
      expect(errorsOf('entries.json', WITH_NODE, ['entries.ts'])).to.deep.equal([]);
    });

    it('compile the code of the pages', () => {
      const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
        name.endsWith('.md'),
      );
      const files = pages.flatMap((page) =>
        codeBlocks(readFileSync(page, 'utf8'))
          .filter(({ language }) => language === 'js' || language === 'ts')
          .map(({ code, line }) => {
            const file = `pages/${page.replace(/\W/g, '-')}-${line}.ts`;
            writeFileSync(join(assay.folder, file), code);
            return file;
          }),
      );
      expect(files).to.have.length.above(6);
      expect(errorsOf('pages.json', WITH_NODE, files)).to.deep.equal([]);
    });
  });
}
