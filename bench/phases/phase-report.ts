/** The phases of a module in an engine. Milliseconds, once each in a fresh process. */
export interface Phases {
  /** a: decoded and validated. None: the engine cannot do that separately. */
  readonly parse?: number;
  /** b: alone, if parsing is separate ... */
  readonly compile?: number;
  /** ... or a and b, if it parses again. */
  readonly parseAndCompile?: number;
  /** b': saved. None: it has no saved form. */
  readonly save?: number;
  readonly savedBytes?: number;
  /** c': the saved form is loaded. */
  readonly load?: number;
  /** c */
  readonly instantiate: number;
  /** d */
  readonly call: number;
  /** c and d, repeatedly: the time of each. */
  readonly again?: number;
}

export interface PhaseReport {
  /** With its version. */
  readonly engine: string;
  /** In the form of `printValue`. */
  readonly results: readonly string[];
  readonly phases: Phases;
}

/** a and b; b is the time beyond a if the engine parses again. */
export function partsOf({ phases }: PhaseReport) {
  const { parse = 0, parseAndCompile } = phases;
  const compile = phases.compile ?? Math.max(0, parseAndCompile! - parse);
  return { parse: phases.parse, compile };
}

/** a + b + c + d: from bytes to a result. */
export function justInTime(report: PhaseReport): number {
  const { phases } = report;
  const { parse = 0, compile } = partsOf(report);
  return (phases.parseAndCompile ?? parse + compile) + phases.instantiate + phases.call;
}

/** a + b + b': from bytes to the saved form. */
export function aheadOfTime(report: PhaseReport): number | undefined {
  const { phases } = report;
  if (phases.save === undefined) return undefined;
  const { parse = 0, compile } = partsOf(report);
  return (phases.parseAndCompile ?? parse + compile) + phases.save;
}

/** c' + c + d: from the saved form to a result. */
export function fromSaved({ phases }: PhaseReport): number | undefined {
  return phases.load === undefined ? undefined : phases.load + phases.instantiate + phases.call;
}
