/**
 * An audit by several threads: each runs this command again with its share of the drawn lines, and reads modules and
 * evidence itself. The report is the same as that of one thread.
 */
import { Worker } from 'node:worker_threads';
import { type AuditDocument, joinedAudits } from './audit-report.js';
import { CliError } from './cli-error.js';
import type { CommandProgram, Console } from './console.js';
import { ProgressLine } from './progress-line.js';
import type { Terminals } from './thread-signals.js';

const NO_TERMINALS: Terminals = { isOutTerminal: false, isErrTerminal: false };

/** @throws CliError with the message of a thread that does not finish */
export async function auditInThreads(
  console: Console,
  program: CommandProgram,
  threads: number,
): Promise<AuditDocument> {
  const progress = new SharedProgress(console, threads);
  const parts = Array.from({ length: threads }, (_, index) =>
    partOf(program, `${index}/${threads}`, (all) => progress.step(index, all)),
  );
  try {
    return joinedAudits(await Promise.all(parts.map(({ document }) => document)));
  } finally {
    progress.end();
    await Promise.all(parts.map(({ worker }) => worker.terminate()));
  }
}

/** Progress over the lines of all threads, once each has reported its count. */
class SharedProgress {
  readonly #console: Console;
  readonly #threads: number;
  readonly #totals = new Map<number, number>();
  #line: ProgressLine | undefined;
  #waiting = 0;

  constructor(console: Console, threads: number) {
    this.#console = console;
    this.#threads = threads;
  }

  /** One line of a thread is done, out of its `all` lines. */
  step(thread: number, all: number): void {
    this.#waiting += 1;
    this.#totals.set(thread, all);
    if (this.#totals.size < this.#threads) return;
    const total = [...this.#totals.values()].reduce((sum, own) => sum + own, 0);
    this.#line ??= new ProgressLine(this.#console, total, 'lines');
    for (; this.#waiting > 0; this.#waiting -= 1) this.#line.step();
  }

  end(): void {
    this.#line?.end();
  }
}

function partOf({ url, args }: CommandProgram, part: string, step: (all: number) => void) {
  const worker = new Worker(url, {
    argv: [...args, '--json', '--part', part],
    workerData: NO_TERMINALS,
    stdout: true,
    stderr: true,
  });
  const texts = { out: '', err: '' };
  worker.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  worker.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  worker.on('message', step);
  const document = new Promise<AuditDocument>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => {
      // A thread's output may arrive after its end.
      setImmediate(() => {
        if (texts.out.startsWith('{')) resolve(JSON.parse(texts.out) as AuditDocument);
        else reject(new CliError(`a thread of the audit failed: ${texts.err.trim()}`, 'run it with --threads 1'));
      });
    });
  });
  return { worker, document };
}
