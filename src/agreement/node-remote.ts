/**
 * A node behind a channel of lines: a worker thread, a process, a page. The channel is opened for the first request,
 * and opened again after it broke; requests that were open then end in `failure`.
 */

import { type AgreementCall, type AgreementSubject, moduleJson } from './agreement-call.js';
import type { ReplyJson, RequestJson } from './answer-request.js';
import type { AgreementNode } from './node.js';
import { isNodeAnswer, type NodeAnswer } from './node-answer.js';

export interface Channel {
  send(line: string): void;
  close(): Promise<void>;
}

/** Opens a channel. It calls `broke` with the reason if it ends by itself; only the first time counts. */
export type OpenChannel = (receive: (line: string) => void, broke: (reason: string) => void) => Channel;

export interface RemoteNodeOptions {
  readonly name: string;
  readonly open: OpenChannel;
  /** How long a batch, or the greeting, may take, in case the far side never responds. Default 600,000. */
  readonly timeoutMilliseconds?: number;
}

const LINE_SHOWN = 100;

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
  /** The subject that the far side has. */
  #sent: AgreementSubject | undefined;
  #hello: Promise<string> | undefined;
  #greeted: Pending | undefined;
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  /** Number of channels so far. */
  #opened = 0;

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
      if ('answers' in reply) return answersTo(calls, reply.answers);
      return failures(calls, 'error' in reply ? String(reply.error) : 'a result out of order');
    } catch (error) {
      if (!(error instanceof ChannelBroke)) throw error;
      return failures(calls, error.message);
    }
  }

  async close(): Promise<void> {
    const channel = this.#channel;
    this.#broke('it was closed');
    await channel?.close();
  }

  #connect(): Channel {
    if (this.#channel !== undefined) return this.#channel;
    const late = setTimeout(() => this.#giveUp(`no greeting within ${this.#timeout} ms`), this.#timeout);
    this.#hello = new Promise<string>((resolve, reject) => {
      this.#greeted = {
        resolve: (reply) => {
          clearTimeout(late);
          resolve('hello' in reply ? reply.hello : '');
        },
        fail: (reason) => {
          clearTimeout(late);
          reject(new ChannelBroke(reason));
        },
      };
    });
    // If a channel breaks between two requests, the next request reports it.
    this.#hello.catch(() => undefined);
    // Messages of an old channel do not concern the current one.
    const number = ++this.#opened;
    const isCurrent = () => this.#opened === number;
    const channel = this.#open(
      (line) => {
        if (isCurrent()) this.#receive(line);
      },
      (reason) => {
        if (isCurrent()) this.#broke(reason);
      },
    );
    this.#channel = channel;
    this.#sent = undefined;
    return channel;
  }

  /** Closes a channel that does not respond, or not in this protocol. */
  #giveUp(reason: string): void {
    const channel = this.#channel;
    this.#broke(reason);
    // The first reason matters, not an error while closing.
    channel?.close().catch(() => undefined);
  }

  #ask(channel: Channel, module: AgreementSubject, calls: readonly AgreementCall[]): Promise<ReplyJson> {
    const id = this.#next++;
    const request: RequestJson = { id, ...(module === this.#sent ? {} : { module: moduleJson(module) }), calls };
    this.#sent = module;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#giveUp(`no result within ${this.#timeout} ms`);
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
    const reply = replyOf(line);
    if (reply === undefined) {
      this.#giveUp(`it sent an invalid response: ${line.slice(0, LINE_SHOWN)}`);
      return;
    }
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

/** The error for requests that were open when a channel broke; it leaves this file only through `describe`. */
class ChannelBroke extends Error {}

/** The process may have ended in the middle of a line. */
function replyOf(line: string): ReplyJson | undefined {
  try {
    const reply: unknown = JSON.parse(line);
    return typeof reply === 'object' && reply !== null ? (reply as ReplyJson) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Missing results would be compared with nothing. */
function answersTo(calls: readonly AgreementCall[], answers: unknown): readonly NodeAnswer[] {
  if (Array.isArray(answers) && answers.length === calls.length && answers.every(isNodeAnswer)) return answers;
  const given = Array.isArray(answers) ? `${answers.length} results` : 'no list';
  return failures(calls, `it returned ${given} for ${calls.length} calls, or results that are none`);
}

function failures(calls: readonly AgreementCall[], message: string): readonly NodeAnswer[] {
  return calls.map(() => ({ kind: 'failure', message }));
}
