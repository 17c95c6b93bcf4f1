/** Every npm script with our option table prints its help; a wrong command line is an error of two lines. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Keyed by the file that a script runs last. */
const OURS = Object.entries(scripts).flatMap(([name, command]) => {
  const file = /node (?:--[\w-]+ )*(dist\/(?:spec|bench)\/\S+\.js)$/.exec(command)?.[1];
  return file === undefined ? [] : [{ name, file }];
});

function ran(file: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

describe('npm scripts', () => {
  it('are exactly these', () => {
    const names = OURS.map(({ name }) => name);
    const wanted = [
      'conformance',
      'fuzz',
      'mutants',
      'agree:canaries',
      'agree:power',
      'agree:all',
      'bench',
      'zomes',
      'mutation',
      'attack',
      'billing',
      'pool:check',
      'profiles',
      'calibrate',
      'page',
      'sessions',
      'hostile',
      'bundlers',
      'fleet',
      'service:check',
      'simulate',
    ];
    expect(names).to.have.members([...wanted, 'docs:write', 'vectors:write', 'builtins:write']);
    const runOurs = Object.entries(scripts).filter(
      ([, command]) => /dist\/(?:spec|bench)\/\S+\.js/.test(command) && !command.includes('mocha'),
    );
    expect(runOurs.map(([name]) => name)).to.deep.equal(names);
  });

  for (const { name, file } of OURS) {
    it(`${name} prints its help, and refuses unknown options`, () => {
      const help = ran(file, '--help');
      expect(help).to.include({ status: 0, err: '' });
      expect(help.out).to.match(new RegExp(`^Usage: npm run ${name} -- `));
      expect(help.out).to.include('--help');
      const wrong = ran(file, '--no-such-option');
      expect(wrong).to.include({ status: 2, out: '' });
      expect(wrong.err).to.equal(
        `error: unknown option '--no-such-option'\nhelp:  npm run ${name} -- --help lists its arguments and options\n`,
      );
    });
  }

  const wrong: readonly (readonly [file: string, args: readonly string[], message: RegExp])[] = [
    [
      'dist/spec/fuzz/run.js',
      ['--minutes', 'x'],
      /^error: option '--minutes <n>' argument 'x' is invalid\. Write a number from 0\./,
    ],
    ['dist/spec/fuzz/run.js', ['--runs', '0'], /^error: .* Write a whole number from 1\./],
    ['dist/spec/fuzz/run.js', ['--seed', '1.5'], /^error: .* Write a whole number from 0\./],
    ['dist/spec/fuzz/run.js', ['--seed'], /^error: option '--seed <n>' argument missing/],
    ['dist/spec/fuzz/run.js', ['what'], /^error: too many arguments/],
    [
      'dist/spec/mutants/run.js',
      ['--only', 'no such mutant'],
      /^error: no mutant is named or of the kind 'no such mutant'/,
    ],
    ['dist/spec/conformance/run.js', [], /^error: missing required argument 'dir'/],
    ['dist/spec/conformance/run.js', ['no/such/folder'], /^error: .*no\/such\/folder/],
    ['dist/spec/zome/run-zomes.js', ['no/such/folder'], /^error: there is no folder 'no\/such\/folder'/],
    ['dist/spec/hostile/run.js', ['no such case'], /^error: no case has 'no such case' in its name; /],
    ['dist/spec/mutation/run.js', [], /^error: --storey is missing/],
    ['dist/spec/mutation/run.js', ['--storey', 'attic'], /^error: there is no storey 'attic'; there are /],
    ['dist/spec/mutation/run.js', ['--storey', 'decode', '--time', '5x'], /^error: --time '5x' is invalid\. Write /],
    ['dist/bench/attack/run.js', ['--tier', 'third'], /^error: there is no tier 'third'; there are interpreter, /],
    ['dist/bench/attack/run.js', ['--rounds', '0'], /^error: .* Write a whole number from 1\./],
    ['dist/spec/billing/check.js', ['--only', 'attic'], /^error: there is no check 'attic'; there are \w+, /],
    ['dist/spec/pool/run.js', ['attic'], /^error: there is no section 'attic'; there are pool, batch, memo/],
    ['dist/spec/page/run.js', ['--browser', 'lynx'], /^error: there is no browser 'lynx'; there are chromium, firefox/],
    ['dist/spec/page/run.js', ['no/such/folder'], /^error: there is no folder 'no\/such\/folder'/],
    ['dist/spec/profile/run-profiles.js', ['no/such/folder'], /^error: there is no folder 'no\/such\/folder'/],
    ['dist/spec/mutants/run.js', ['--lines', 'attic.js'], /^error: there is no file 'dist\/src\/attic\.js'/],
    ['dist/spec/agreement/canaries.js', ['--only', 'attic'], /^error: no canary has 'attic' in its name; there are /],
    ['dist/spec/agreement/all.js', ['--only', 'attic'], /^error: no row has 'attic' in its name/],
    ['dist/bench/run.js', ['no-such-section'], /^error: there is no section 'no-such-section'; there are guests, /],
  ];
  for (const [file, args, message] of wrong) {
    it(`${file} ${args.join(' ')} is an error of two lines`, () => {
      const { status, out, err } = ran(file, ...args);
      expect([status, out]).to.deep.equal([2, '']);
      expect(err).to.match(message);
      expect(err).to.match(/\nhelp: {2}npm run [\w:]+ -- --help lists its arguments and options\n$/);
      expect(err.split('\n')).to.have.lengthOf(3);
    });
  }
});
