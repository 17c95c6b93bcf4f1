/**
 * Makes a module's instrumented program while calls run in the interpreter: rewrites a piece at a time between other
 * work, and compiles in the host's threads. A caller that cannot wait can have it finished at once. Invariant: it ends
 * once and never throws: a module that is declined, or that a bug prevents from being rewritten, stays in the
 * interpreter.
 */
import { withBuiltins } from '../../builtins/builtins.js';
import { isDeclined } from '../../instrumented/declined.js';
import type { Host } from '../../instrumented/host.js';
import { instrumentedProgram } from '../../instrumented/program.js';
import { Rewriting, type Rewritten } from '../../instrumented/rewrite.js';
import { isUnfit, type UnfitHost } from '../../instrumented/unfit.js';
import type { MeteredModule } from '../../metering/meter.js';
import { compiledProgram } from './compiled-program.js';
import { keepRewritten, keptRewritten } from './kept-rewritten.js';
import type { ModuleArtefacts } from './module-artefacts.js';
import { soon } from './soon.js';
import type { WarmUpEnd } from './warm-up-end.js';

/** Bytes of bodies that are rewritten in one piece, before other work runs: one to ten milliseconds. */
const PIECE_BYTES = 65_536;

export class WarmUp {
  readonly #metered: MeteredModule;
  readonly #host: () => Host | UnfitHost;
  readonly #artefacts: ModuleArtefacts | undefined;
  readonly #onEnd: (end: WarmUpEnd) => void;
  #rewriting: Rewriting | undefined;
  #rewritten: Rewritten | undefined;
  #isOver = false;
  /** A caller waits for the end, so it does not yield to other work. */
  #isAwaited = false;
  /** The host compiles a module of this size only in the background. */
  #onlyBehind = false;
  #goOn = () => {};
  readonly #ran: Promise<void>;

  /**
   * Begins after the current work, and does not keep the process alive.
   * @param host tests the host when it is first called
   */
  constructor(
    metered: MeteredModule,
    host: () => Host | UnfitHost,
    artefacts: ModuleArtefacts | undefined,
    onEnd: (end: WarmUpEnd) => void,
  ) {
    this.#metered = metered;
    this.#host = host;
    this.#artefacts = artefacts;
    this.#onEnd = onEnd;
    this.#ran = this.#run();
  }

  /** Ends it before the caller continues, unless the host refuses. */
  finishNow(): void {
    if (this.#isOver || this.#onlyBehind) return;
    try {
      const host = this.#host();
      if (isUnfit(host)) {
        this.#end(host);
        return;
      }
      const program = instrumentedProgram(this.#metered, host, this.#rewriteAll());
      // Browsers compile large modules only in the background; any other reason will show there.
      if (isDeclined(program) && program.declined === 'host-refused') this.#onlyBehind = true;
      else this.#end(program);
    } catch (failed) {
      this.#end({ failed });
    }
  }

  /** Resolves at the end, and keeps the process alive until then. */
  async ended(): Promise<void> {
    this.#isAwaited = true;
    this.#goOn();
    await this.#ran;
  }

  async #run(): Promise<void> {
    try {
      await this.#pause();
      const host = withBuiltins(this.#host);
      if (isUnfit(host)) {
        this.#end(host);
        return;
      }
      const kept = this.#isOver ? undefined : await keptRewritten(this.#artefacts);
      while (kept === undefined && !this.#isOver && !this.#rewritePiece()) await this.#pause();
      const rewritten = kept ?? this.#rewriteAll();
      if (!this.#isOver) this.#end(await compiledProgram(this.#metered, host, rewritten));
      if (kept === undefined) await keepRewritten(this.#artefacts, rewritten);
    } catch (failed) {
      this.#end({ failed });
    }
  }

  #end(end: WarmUpEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd(end);
  }

  #rewritePiece(): boolean {
    return withBuiltins(() => {
      this.#rewriting ??= new Rewriting(this.#metered, 'own');
      return this.#rewriting.step(PIECE_BYTES);
    });
  }

  #rewriteAll(): Rewritten {
    if (this.#rewritten === undefined) {
      while (!this.#rewritePiece());
      this.#rewritten = this.#rewriting!.finish();
      this.#rewriting = undefined;
    }
    return this.#rewritten;
  }

  /** Yields to other work. */
  #pause(): Promise<void> {
    if (this.#isAwaited) return Promise.resolve();
    return new Promise((resolve) => {
      this.#goOn = resolve;
      soon(resolve);
    });
  }
}
