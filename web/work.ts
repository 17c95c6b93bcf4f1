/** The worker and its requests. A stopped worker is replaced at the next request. */
import { byId } from './elements.js';
import { bytesOf } from './link.js';
import type { Asked, Message, Told } from './messages.js';

interface Waiting {
  resolve(told: Told): void;
  reject(error: Error): void;
  readonly partly: ((told: Told) => void) | undefined;
}

/** The worker is compressed text in the page, because it would be most of the page. */
async function workerUrl(): Promise<string> {
  const packed = new Blob([bytesOf(byId('worker').textContent!)]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).text();
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
}

export class Work {
  #worker: Promise<Worker> | undefined;
  #url: Promise<string> | undefined;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** @param partly receives the results that are known before the end */
  ask(asked: Asked, partly?: (told: Told) => void): Promise<Told> {
    this.#worker ??= this.#begin();
    const worker = this.#worker;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, partly });
      worker.then((begun) => begun.postMessage({ id, asked }), reject);
    });
  }

  async #begin(): Promise<Worker> {
    this.#url ??= workerUrl();
    const worker = new Worker(await this.#url);
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
    void this.#worker?.then((worker) => worker.terminate());
    this.#worker = undefined;
    this.#fail('stopped');
  }
}
