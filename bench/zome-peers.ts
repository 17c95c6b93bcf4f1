/**
 * Native peers of section `zomes`: the program of bench/peers replays the recorded calls in wasmtime and in wasmi. It
 * receives a folder: `calls.json`, and the modules.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../src/base/hash.js';
import type { MeasuringProgram } from './measuring-program.js';
import { buildPeers, type NoPeers, startPeerProgram } from './peer-program.js';
import type { RecordedCall } from './zome-record.js';

export interface PeerCase {
  readonly name: string;
  readonly records: readonly RecordedCall[];
}

/** Builds the program, and checks that every call ends in every engine as recorded. */
export async function startPeers(
  cases: readonly PeerCase[],
  progress: (text: string) => void,
): Promise<Peers | NoPeers> {
  const lacking = buildPeers(progress);
  if (lacking !== undefined) return lacking;
  progress('checking the answers of the native peers');
  return await Peers.start(cases);
}

export class Peers {
  /** Names with versions; the index is the peer's number. */
  readonly names: readonly string[];
  readonly #program: MeasuringProgram;

  private constructor(program: MeasuringProgram) {
    this.#program = program;
    this.names = program.told[0] as string[];
  }

  /** @throws Error if a call does not end as recorded in an engine */
  static async start(cases: readonly PeerCase[]): Promise<Peers> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-peers-'));
    try {
      writeCases(folder, cases);
      return new Peers(await startPeerProgram([folder], 1));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Microseconds for a run of a case in a peer. */
  time(peer: number, caseNumber: number, times: number): Promise<number> {
    return this.#program.time(peer, caseNumber, times);
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

function writeCases(folder: string, cases: readonly PeerCase[]): void {
  const files = new Map<Uint8Array, string>();
  const fileOf = (wasm: Uint8Array): string => {
    const known = files.get(wasm);
    if (known !== undefined) return known;
    const file = `${files.size}.wasm`;
    files.set(wasm, file);
    writeFileSync(join(folder, file), wasm);
    return file;
  };
  const document = {
    cases: cases.map(({ name, records }) => ({
      name,
      calls: records.map((call) => ({
        module: fileOf(call.wasm),
        export: call.export,
        payload: toHex(call.payload),
        answers: call.answers.map(({ name: asked, input, answer }) => ({
          name: asked,
          input: toHex(input),
          answer: answer === undefined ? null : toHex(answer),
        })),
        end: call.end.kind,
        ...(call.end.kind === 'returned' ? { output: toHex(call.end.output) } : {}),
      })),
    })),
    modules: [...files.values()],
  };
  writeFileSync(join(folder, 'calls.json'), JSON.stringify(document));
}
