#!/usr/bin/env node
/** The `assay` command. Only here does the process itself come in: arguments, streams, environment, exit status. */
import { consoleOf } from './console.js';
import { runCommandLine } from './program.js';

// A reader that closed the pipe (`assay inspect m.wasm | head`) wants no more; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(process.argv.slice(2), consoleOf(process.stdout, process.stderr, process.env));
