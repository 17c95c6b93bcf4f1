/**
 * A process that measures: it lives as long as a section and makes one measurement after another, one line each, so
 * that the compared works take turns and do not share a heap, inline caches or compiled code.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** In a microsecond. */
const NANOSECONDS = 1000;

export class MeasuringProgram {
  readonly #program: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: { text: string };
  readonly #ended: Promise<unknown>;

  private constructor(
    program: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    errors: { text: string },
    /** Its output before it was ready, each line parsed as JSON. */
    readonly told: readonly unknown[],
  ) {
    this.#program = program;
    this.#lines = lines;
    this.#errors = errors;
    this.#ended = once(program, 'exit');
  }

  /**
   * @param lineCount number of lines that it writes when it is ready
   * @throws Error with its standard error if it ends before
   */
  static async start(command: string, args: readonly string[], lineCount: number): Promise<MeasuringProgram> {
    const program = spawn(command, args);
    const errors = { text: '' };
    program.stderr.on('data', (text) => {
      errors.text += text;
    });
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const told: unknown[] = [];
    const started = new MeasuringProgram(program, lines, errors, told);
    for (let i = 0; i < lineCount; i++) told.push(JSON.parse(await started.#line()));
    return started;
  }

  /** Its response to a line. */
  async ask(line: string): Promise<string> {
    this.#program.stdin.write(`${line}\n`);
    return await this.#line();
  }

  /** Microseconds for a run of a case in one of the program's engines, by their numbers: the mean of several runs. */
  async time(engine: number, caseNumber: number, times: number): Promise<number> {
    return Number(await this.ask(`${engine} ${caseNumber} ${times}`)) / NANOSECONDS;
  }

  /** Waits for its end, also if it has ended by itself. */
  async stop(): Promise<void> {
    this.#program.stdin.end();
    await this.#ended;
  }

  async #line(): Promise<string> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`a program that measures has ended: ${this.#errors.text.trim()}`);
    return line.value;
  }
}
