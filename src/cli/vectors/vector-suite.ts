/** The result of a suite of golden vectors: how many were checked, and each failure. */

export interface VectorFailure {
  readonly vector: string;
  /** What was expected and what was found, in one line. */
  readonly difference: string;
}

export interface SuiteResult {
  readonly suite: string;
  readonly passed: number;
  readonly failures: readonly VectorFailure[];
}

/** A suite: its path in the folder of vectors, and how it is checked. */
export interface VectorSuite {
  readonly name: string;
  /** The file or folder that exists if the suite does. */
  readonly path: string;
  run(folder: string): Promise<SuiteResult>;
}

/** Collects the results of a suite. */
export class SuiteReport {
  #passed = 0;
  readonly #failures: VectorFailure[] = [];

  constructor(readonly suite: string) {}

  /** Compares an actual value with the vector's, as JSON. */
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
