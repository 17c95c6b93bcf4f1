/**
 * The tasks of a message: their bytes in one buffer, and what else they say once for all that say the same, as those of a batch mostly do.
 * To copy an object to another thread takes microseconds, a row of numbers next to nothing.
 *
 * Invariant: what is received are the tasks that were packed.
 */
import type { Job } from './job.js';
import { Packed } from './packed.js';
import type { Task } from './wire.js';

type FormOf<T> = T extends { readonly input: Uint8Array } ? Omit<T, 'input' | 'dependencies'> : T;

/** A task without its bytes. */
export type TaskForm = FormOf<Task>;

export interface PackedTasks {
  readonly forms: readonly TaskForm[];
  /** For each task: its form, where its input begins and ends, and the number of its dependencies, from 1; 0: none. */
  readonly rows: Uint32Array;
  /** Where each document of dependencies begins and ends. */
  readonly documents: readonly (readonly [from: number, to: number])[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const ROW = 4;

/** Dependencies that jobs share are in the message once. */
export function packedTasks(jobs: readonly Job[]): PackedTasks {
  const forms: TaskForm[] = [];
  const rows = new Uint32Array(ROW * jobs.length);
  const documents: (readonly [number, number])[] = [];
  const numbers = new Map<Uint8Array, number>();
  const packed = new Packed();
  const numberOf = (document: Uint8Array): number => {
    const from = packed.add(document);
    const number = documents.push([from, from + document.length]);
    numbers.set(document, number);
    return number;
  };
  let last: Task | undefined;
  let row = 0;
  for (const { task } of jobs) {
    if (last === undefined || !isAlike(last, task)) forms.push(formOf(task));
    last = task;
    rows[row] = forms.length - 1;
    if (task.kind !== 'call') {
      const from = packed.add(task.input);
      rows[row + 1] = from;
      rows[row + 2] = from + task.input.length;
      const document = task.kind === 'op' ? task.dependencies : undefined;
      if (document !== undefined) rows[row + 3] = numbers.get(document) ?? numberOf(document);
    }
    row += ROW;
  }
  return { forms, rows, documents, bytes: packed.joined() };
}

function formOf(task: Task): TaskForm {
  if (task.kind === 'call') return task;
  if (task.kind !== 'op') {
    const { input: _, ...form } = task;
    return form;
  }
  const { input: _, dependencies: __, ...form } = task;
  return form;
}

/** Whether two tasks differ in their bytes alone. */
function isAlike(a: Task, b: Task): boolean {
  if (a.kind === 'call' || b.kind === 'call') return false;
  if (a.format !== b.format || a.fuel !== b.fuel) return false;
  if (a.kind !== 'op' && b.kind !== 'op')
    return a.kind === b.kind && a.export === b.export && a.generation === b.generation;
  if (a.kind !== 'op' || b.kind !== 'op') return false;
  return a.check === b.check && a.zome === b.zome && a.dependencyFormat === b.dependencyFormat;
}

/** The tasks of a message, each made when it is run. Dependencies that tasks share are one object. */
export class ReceivedTasks {
  readonly #packed: PackedTasks;
  readonly #documents = new Map<number, Uint8Array>();

  constructor(packed: PackedTasks) {
    this.#packed = packed;
  }

  get length(): number {
    return this.#packed.rows.length / ROW;
  }

  at(index: number): Task {
    const { forms, rows, bytes } = this.#packed;
    const row = ROW * index;
    const form = forms[rows[row]];
    if (form.kind === 'call') return form;
    const input = new Uint8Array(bytes.buffer, rows[row + 1], rows[row + 2] - rows[row + 1]);
    if (form.kind === 'op') {
      const { kind, format, check, zome, dependencyFormat, fuel } = form;
      const dependencies = this.#document(rows[row + 3]);
      return { kind, input, format, check, zome, dependencies, dependencyFormat, fuel };
    }
    const { kind, export: name, format, generation, fuel } = form;
    return { kind, export: name, input, format, generation, fuel };
  }

  #document(number: number): Uint8Array | undefined {
    if (number === 0) return undefined;
    const known = this.#documents.get(number);
    if (known !== undefined) return known;
    const [from, to] = this.#packed.documents[number - 1];
    const document = this.#packed.bytes.subarray(from, to);
    this.#documents.set(number, document);
    return document;
  }
}
