/** The phases of a module in an engine. Milliseconds, once each in a fresh process. */
export interface Phases {
  /** a: decoded and validated. None: the engine cannot do that by itself. */
  readonly parse?: number;
  /** b: by itself, where parsing is apart ... */
  readonly compile?: number;
  /** ... or a and b, where it parses anew. */
  readonly parseAndCompile?: number;
  /** b': saved. None: there is no form to save. */
  readonly save?: number;
  readonly savedBytes?: number;
  /** c': what was saved is loaded. */
  readonly load?: number;
  /** c */
  readonly instantiate: number;
  /** d */
  readonly call: number;
  /** c and d, again and again: each. */
  readonly again?: number;
}

export interface PhaseReport {
  /** With its version. */
  readonly engine: string;
  /** As `printValue` writes them. */
  readonly results: readonly string[];
  readonly phases: Phases;
}

/** a and b; b is what is more than a where the engine parses anew. */
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

/** a + b + b': from bytes to what is saved. */
export function aheadOfTime(report: PhaseReport): number | undefined {
  const { phases } = report;
  if (phases.save === undefined) return undefined;
  const { parse = 0, compile } = partsOf(report);
  return (phases.parseAndCompile ?? parse + compile) + phases.save;
}

/** c' + c + d: from what is saved to a result. */
export function fromSaved({ phases }: PhaseReport): number | undefined {
  return phases.load === undefined ? undefined : phases.load + phases.instantiate + phases.call;
}
