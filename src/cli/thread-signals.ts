/**
 * A thread does not receive the signals of the process: the main thread posts them, and this file emits them as events
 * of `process`. An unhandled one ends the program, as it would without threads.
 */
import { constants } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

/** What the main thread knows about the streams. */
export interface Terminals {
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
}

export function takeSignals(): void {
  const { isOutTerminal, isErrTerminal } = workerData as Terminals;
  process.stdout.isTTY = isOutTerminal;
  process.stderr.isTTY = isErrTerminal;
  parentPort?.on('message', (signal: NodeJS.Signals) => {
    if (!process.emit(signal, signal)) process.exit(128 + constants.signals[signal]);
  });
  parentPort?.unref();
}
