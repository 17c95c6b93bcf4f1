/** What every suite of golden vectors gives: how many were checked, and each one that is not as it must be. */

export interface VectorFailure {
  readonly vector: string;
  /** What was wanted and what came, in one line. */
  readonly difference: string;
}

export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failures: readonly VectorFailure[];
}

/** A suite: where its files lie under the folder of vectors, and how it is checked. */
export interface VectorSuite {
  readonly name: string;
  /** The file or folder that is there if the suite is. */
  readonly path: string;
  run(folder: string): Promise<SuiteResult>;
}

/** Collects what a suite finds. */
export class SuiteReport {
  #passed = 0;
  readonly #failures: VectorFailure[] = [];

  constructor(readonly suite: string) {}

  /** Compares what came with what the vector says, by their JSON. */
  compare(vector: string, actual: unknown, wanted: unknown): void {
    const came = JSON.stringify(actual);
    const must = JSON.stringify(wanted);
    if (came === must) this.#passed++;
    else this.#failures.push({ vector, difference: `must be ${must}, is ${came}` });
  }

  result(): SuiteResult {
    return { suite: this.suite, passed: this.#passed, failures: this.#failures };
  }
}
