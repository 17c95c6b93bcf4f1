/**
 * README.md followed from top to bottom in an empty folder: the packed tarball is installed by npm, and every block of
 * code is run there and prints what the page shows. The packages that it depends on are packed from this repository, so
 * nothing is downloaded.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type CodeBlock, codeBlocks } from '../docs/code-blocks.js';

const INSTALL = 'npm install assay';

describe('README in an empty folder', () => {
  const blocks = codeBlocks(readFileSync('README.md', 'utf8'));
  let folder: string;

  const run = (command: string, env: NodeJS.ProcessEnv = process.env) =>
    spawnSync(command, { cwd: folder, env, encoding: 'utf8', shell: true });

  const pack = (path: string): string => {
    const packed = spawnSync(`npm pack --ignore-scripts --json --pack-destination "${folder}" "${path}"`, {
      encoding: 'utf8',
      shell: true,
    });
    if (packed.status !== 0) throw new Error(`npm pack ${path} failed: ${packed.stderr}`);
    return (JSON.parse(packed.stdout) as [{ filename: string }])[0].filename;
  };

  before(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'assay-readme-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  it('has an example of at most eight lines that prints six, and commands', () => {
    const [example, output] = blocks.filter(({ language }) => ['js', 'text'].includes(language));
    expect(example!.code.trimEnd().split('\n')).to.have.length.at.most(8);
    expect(output!.code.trimEnd().split('\n')).to.have.length(6);
    expect(blocks.map(({ language }) => language)).to.deep.equal(['sh', 'js', 'text', 'console']);
  });

  it('is installed by the given line', () => {
    const [install] = blocks.filter(({ language }) => language === 'sh');
    expect(install!.code).to.equal(`${INSTALL}\n`);
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const tarballs = [resolve('.'), ...Object.keys(dependencies).map((name) => resolve('node_modules', name))].map(
      pack,
    );
    const files = tarballs.map((name) => `./${name}`).join(' ');
    const { status, stderr } = run(`npm install --offline --no-audit --no-fund ${files}`);
    expect(status, stderr).to.equal(0);
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).to.have.members([
      'assay',
      ...Object.keys(dependencies),
    ]);
  });

  it('prints the shown output', () => {
    for (const [at, block] of blocks.entries()) {
      if (block.language === 'js') {
        writeFileSync(join(folder, 'example.mjs'), block.code);
        const { status, stdout, stderr } = run(`"${process.execPath}" example.mjs`);
        expect([status, stderr], `line ${block.line}`).to.deep.equal([0, '']);
        expect(stdout).to.equal(blocks[at + 1]!.code);
      }
      if (block.language === 'console') expect(console(block), `line ${block.line}`).to.equal(block.code);
    }
  });

  /** The block with the output of its commands here, in one shell. */
  const console = ({ code }: CodeBlock): string => {
    const commands = code.split('\n').filter((line) => line.startsWith('$ '));
    const marked = commands.map((line) => `echo '${line}'\n${line.slice(2)}`).join('\n');
    return run(marked).stdout;
  };
});
