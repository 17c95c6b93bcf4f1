/** Upkeep between calls: in small steps beside other work, and all at once if calls leave no time for it. */
import { expect } from 'chai';
import { UpkeepRun } from '../../../src/engine/load/upkeep-run.js';
import type { Program } from '../../../src/machine/program.js';

/** A program whose upkeep has the given number of pieces; each step is recorded with its byte budget. */
function programOf(pieces: number): { readonly program: Program; readonly steps: number[]; finish(): void } {
  const steps: number[] = [];
  let left = pieces;
  const upkeep = {
    get isDue() {
      return left > 0;
    },
    step: (bytes: number) => {
      steps.push(bytes);
      left = bytes === Infinity ? 0 : left - 1;
      return left <= 0;
    },
  };
  const finish = () => {
    left = 0;
  };
  return { program: { upkeep } as unknown as Program, steps, finish };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('upkeep of a program', () => {
  it('continues piece by piece until it is done', async () => {
    const { program, steps } = programOf(3);
    const run = new UpkeepRun();
    run.afterCall(program);
    expect(steps).to.deep.equal([]);
    for (let i = 0; i < 20 && steps.length < 3; i++) await turn();
    await turn();
    expect(steps).to.deep.equal([65_536, 65_536, 65_536]);
  });

  it('takes no step when none is due', async () => {
    const { program, steps, finish } = programOf(1);
    const run = new UpkeepRun();
    run.afterCall(program);
    finish();
    run.afterCall(program);
    run.afterCall({} as Program);
    await turn();
    expect(steps).to.deep.equal([]);
  });

  it('is done at once after fifty calls without idle time', () => {
    const { program, steps } = programOf(1_000);
    const run = new UpkeepRun();
    for (let i = 0; i < 50; i++) run.afterCall(program);
    expect(steps).to.deep.equal([]);
    run.afterCall(program);
    expect(steps).to.deep.equal([Infinity]);
    run.afterCall(program);
    expect(steps).to.have.length(1);
  });
});
