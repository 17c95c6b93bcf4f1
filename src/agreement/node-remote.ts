/**
 * A node behind a channel of lines: a worker thread, a process, a page. The channel is opened when the first question
 * comes, and opened again after it broke; questions that were open then end in `failure`.
 */

import { type AgreementCall, type AgreementSubject, moduleJson } from './agreement-call.js';
import type { ReplyJson, RequestJson } from './answer-request.js';
import type { AgreementNode } from './node.js';
import type { NodeAnswer } from './node-answer.js';

export interface Channel {
  send(line: string): void;
  close(): Promise<void>;
}

/** Opens a channel. `broke` is called once with the reason if it ends by itself. */
export type OpenChannel = (receive: (line: string) => void, broke: (reason: string) => void) => Channel;

export interface RemoteNodeOptions {
  readonly name: string;
  readonly open: OpenChannel;
  /** How long a batch may take: a guard against what never responds. Default 600,000. */
  readonly timeoutMilliseconds?: number;
}

interface Pending {
  resolve(reply: ReplyJson): void;
  fail(reason: string): void;
}

export function remoteNode(options: RemoteNodeOptions): AgreementNode {
  return new RemoteNode(options);
}

class RemoteNode implements AgreementNode {
  readonly name: string;
  readonly #open: OpenChannel;
  readonly #timeout: number;
  #channel: Channel | undefined;
  /** What the far side has. */
  #sent: AgreementSubject | undefined;
  #hello: Promise<string> | undefined;
  #greeted: Pending | undefined;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  constructor({ name, open, timeoutMilliseconds = 600_000 }: RemoteNodeOptions) {
    this.name = name;
    this.#open = open;
    this.#timeout = timeoutMilliseconds;
  }

  async describe(): Promise<string> {
    this.#connect();
    return this.#hello!;
  }

  async run(module: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]> {
    try {
      const channel = this.#connect();
      await this.#hello;
      const reply = await this.#ask(channel, module, calls);
      if ('answers' in reply) return reply.answers;
      return failures(calls, 'error' in reply ? reply.error : 'a result out of order');
    } catch (error) {
      if (!(error instanceof ChannelBroke)) throw error;
      return failures(calls, error.message);
    }
  }

  async close(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    await channel?.close();
  }

  #connect(): Channel {
    if (this.#channel !== undefined) return this.#channel;
    this.#hello = new Promise<string>((resolve, reject) => {
      this.#greeted = {
        resolve: (reply) => resolve('hello' in reply ? reply.hello : ''),
        fail: (reason) => reject(new ChannelBroke(reason)),
      };
    });
    // A channel that breaks between two questions is reported to the next one.
    this.#hello.catch(() => undefined);
    const channel = this.#open(
      (line) => this.#receive(line),
      (reason) => this.#broke(reason),
    );
    this.#channel = channel;
    this.#sent = undefined;
    return channel;
  }

  #ask(channel: Channel, module: AgreementSubject, calls: readonly AgreementCall[]): Promise<ReplyJson> {
    const id = this.#next++;
    const request: RequestJson = { id, ...(module === this.#sent ? {} : { module: moduleJson(module) }), calls };
    this.#sent = module;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#broke(`no result within ${this.#timeout} ms`);
        void channel.close();
      }, this.#timeout);
      this.#pending.set(id, {
        resolve: (reply) => {
          clearTimeout(timer);
          resolve(reply);
        },
        fail: (reason) => {
          clearTimeout(timer);
          reject(new ChannelBroke(reason));
        },
      });
      channel.send(JSON.stringify(request));
    });
  }

  #receive(line: string): void {
    const reply = JSON.parse(line) as ReplyJson;
    if ('hello' in reply) {
      this.#greeted?.resolve(reply);
      return;
    }
    this.#pending.get(reply.id)?.resolve(reply);
    this.#pending.delete(reply.id);
  }

  #broke(reason: string): void {
    this.#channel = undefined;
    this.#greeted?.fail(reason);
    for (const pending of this.#pending.values()) pending.fail(reason);
    this.#pending.clear();
  }
}

/** A node that broke, for its questions that were open; it does not leave this file but by `describe`. */
class ChannelBroke extends Error {}

function failures(calls: readonly AgreementCall[], message: string): readonly NodeAnswer[] {
  return calls.map(() => ({ kind: 'failure', message }));
}
