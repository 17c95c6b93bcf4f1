/** The worker, and what it was asked. One that was stopped is replaced when it is asked again. */
import { byId } from './elements.js';
import type { Asked, Message, Told } from './messages.js';

interface Waiting {
  resolve(told: Told): void;
  reject(error: Error): void;
  readonly partly: ((told: Told) => void) | undefined;
}

export class Work {
  #worker: Worker | undefined;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();
  #url: string | undefined;

  /** @param partly takes what is known before the end */
  ask(asked: Asked, partly?: (told: Told) => void): Promise<Told> {
    this.#worker ??= this.#begin();
    const worker = this.#worker;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, partly });
      worker.postMessage({ id, asked });
    });
  }

  #begin(): Worker {
    this.#url ??= URL.createObjectURL(new Blob([byId('worker').textContent!], { type: 'text/javascript' }));
    const worker = new Worker(this.#url);
    worker.onmessage = ({ data }: MessageEvent<Message>) => {
      const waiting = this.#waiting.get(data.id);
      if (data.ok && data.more) {
        waiting?.partly?.(data.told);
        return;
      }
      this.#waiting.delete(data.id);
      if (data.ok) waiting?.resolve(data.told);
      else waiting?.reject(new Error(data.message));
    };
    worker.onerror = (event) => this.#fail(event.message);
    return worker;
  }

  #fail(message: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Error(message));
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fail('stopped');
  }
}
