#!/usr/bin/env node
/** The `assay` command. Only this file uses the process itself: arguments, streams, environment, exit status. */
import nodeModule from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** In `node:module` since Node 22.1. */
interface CompileCaching {
  readonly enableCompileCache?: (folder: string) => unknown;
}

// A reader that closed the pipe (`assay inspect m.wasm | head`) wants no more output; this is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/**
 * Where Node stores the compiled code of this program for its next start: in the user's own files, because the code
 * there is executed. If the folder is not writable, Node continues without it; NODE_DISABLE_COMPILE_CACHE=1 turns it
 * off, NODE_COMPILE_CACHE sets another place.
 */
function codeFolder({ NODE_COMPILE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA, HOME }: NodeJS.ProcessEnv): string | undefined {
  if (NODE_COMPILE_CACHE) return NODE_COMPILE_CACHE;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, '.cache'));
  return caches && join(caches, 'assay', 'code');
}

const folder = codeFolder(process.env);
if (folder) (nodeModule as CompileCaching).enableCompileCache?.(folder);
if (isMainThread && process.argv[2] === 'serve') {
  const { inRoomyThread } = await import('./roomy-thread.js');
  process.exitCode = await inRoomyThread(new URL(import.meta.url));
} else await run();

async function run(): Promise<void> {
  if (!isMainThread) (await import('./thread-signals.js')).takeSignals();
  const { consoleOf, runCommandLine } = await import('./program.js');
  const args = process.argv.slice(2);
  const program = { url: new URL(import.meta.url), args };
  const status = await runCommandLine(args, consoleOf(process.stdout, process.stderr, process.env, program));
  process.exitCode = status;
  // An engine's background work serves later calls, and there will be none. Output is flushed first.
  process.stdout.write('', (failed) => {
    if (!failed) process.stderr.write('', () => process.exit(status));
  });
}
