/** `assay ui`: serves the page of `assay` to this machine only, with the files of the command line in it. */
import type { Command } from 'commander';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { portOption } from './option-values.js';
import { serveUi } from './serve-ui.js';

const HELP = `
The page describes a module, runs its functions, entries and ops in both tiers, and shows receipts and profiles. FILES are a
module or a bundle, and JSON for the fields of the page: an op or an entry, and dependencies (files with "deps" in their names).
The page does not use the network. It is dist/web/assay.html of the package, which can also be opened from disk.

  assay ui zome.wasm op.json deps.json

Stop it with Ctrl-C. Exit status: 0 stopped, 2 usage.`;

export function addUiCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('ui')
    .summary('show modules, receipts and profiles in a browser')
    .description('Serves the assay page on 127.0.0.1, with the given files opened.')
    .argument('[files...]', 'a module or a bundle, and JSON for its fields')
    .option('--port <n>', 'port (default: any that is free)', portOption)
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], { port = 0 }: { readonly port?: number }) => {
      const served = await serveUi(files, port);
      console.out(`${served.url}  (Ctrl-C to stop)`);
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      });
      await served.close();
      done(EXIT.ok);
    });
}
