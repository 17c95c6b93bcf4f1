/** The property test: number of inputs, progress, result. */
import { byId, facts, grouped, make, messageOf, scrolling } from './elements.js';
import type { Asked, Run, Tested, Told } from './messages.js';

const INPUTS_MAX = 1_000_000;

export class PropertyView {
  constructor(
    readonly ask: (asked: Asked, partly: (told: Told) => void) => Promise<Told>,
    readonly asked: () => { readonly run: Run; readonly fuel: number },
    readonly stop: () => void,
  ) {
    byId('test-form').addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#run();
    });
    byId('test-stop').addEventListener('click', () => this.stop());
  }

  clear(): void {
    byId('test').hidden = false;
    byId('test-result').replaceChildren();
    const status = byId('test-status');
    status.textContent = '';
    status.className = '';
    byId<HTMLProgressElement>('test-progress').value = 0;
  }

  async #run(): Promise<void> {
    const [begin, stop] = [byId<HTMLButtonElement>('test-run'), byId<HTMLButtonElement>('test-stop')];
    const inputs = Number(byId<HTMLInputElement>('test-inputs').value);
    const seed = Number(byId<HTMLInputElement>('test-seed').value);
    const status = byId('test-status');
    if (!Number.isInteger(inputs) || inputs < 1 || inputs > INPUTS_MAX || !Number.isInteger(seed)) {
      status.textContent = `Inputs are a number from 1 to ${grouped(INPUTS_MAX)}, the seed is a whole number.`;
      return;
    }
    this.clear();
    begin.disabled = true;
    stop.disabled = false;
    try {
      status.textContent = 'Testing';
      await this.ask({ kind: 'test', ...this.asked(), inputs, seed }, ({ tested }) => this.#show(tested!));
    } catch (error) {
      status.textContent = messageOf(error);
      status.className = 'error';
    }
    begin.disabled = false;
    stop.disabled = true;
  }

  #show({ done, all, seed, runs, instrumented, outcomes, mostFuel, failure, isOver }: Tested): void {
    const progress = byId<HTMLProgressElement>('test-progress');
    progress.max = all;
    progress.value = done;
    const status = byId('test-status');
    const counted = `${grouped(done)} of ${grouped(all)} inputs`;
    status.textContent = !isOver
      ? counted
      : failure === undefined
        ? `Both tiers agree on ${grouped(done)} inputs, each with all its fuel and cut short.`
        : 'The tiers differ: this is a bug of assay.';
    status.className = !isOver ? '' : failure === undefined ? 'good' : 'error';
    byId('test-result').replaceChildren(
      facts([
        ['runs compared', `${grouped(runs)}, ${grouped(instrumented)} of them in the host’s WebAssembly`],
        ['outcomes', outcomes.map(([outcome, count]) => `${grouped(count)} ${outcome}`).join(', ')],
        ['most fuel', `${grouped(mostFuel)} units`],
        ['seed', String(seed)],
      ]),
      ...(failure === undefined
        ? []
        : [make('p', failure.text, 'error'), scrolling('The smallest input that was found', failure.input)]),
    );
  }
}
