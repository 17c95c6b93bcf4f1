/** Each npm script that takes options explains itself with `--help`, and refuses an option that it does not have. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Programs of the specs and the bench, by the name of their script. */
const PROGRAMS = Object.entries(scripts).flatMap(([name, command]) => {
  const [, program] = /node(?: --[\w-]+)* (dist\/(?:spec|bench)\/\S+\.js)$/.exec(command) ?? [];
  return program === undefined || name === 'docs:write' || name === 'vectors:write' ? [] : [[name, program] as const];
});

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function ran(program: string, option: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', program, option], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => {
      said.out += data;
    });
    child.stderr.on('data', (data) => {
      said.err += data;
    });
    child.on('close', (status) => resolve({ status, ...said }));
  });
}

describe('npm scripts', () => {
  it('are these', () => {
    const names = 'agree:all agree:canaries agree:power bench conformance fuzz mutants mutation zomes';
    expect(PROGRAMS.map(([name]) => name).sort()).to.deep.equal(names.split(' '));
  });

  for (const [name, program] of PROGRAMS) {
    it(`${name} has --help and a clear error`, async () => {
      const [help, wrong] = await Promise.all([ran(program, '--help'), ran(program, '--nonsense')]);
      expect([help.status, help.err]).to.deep.equal([0, '']);
      expect(help.out).to.match(new RegExp(`^npm run ${name}\\b`));
      expect(wrong.status).to.equal(2);
      expect(wrong.err)
        .to.include('--nonsense')
        .and.to.not.match(/^ +at /m);
    });
  }
});
