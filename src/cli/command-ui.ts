/** `assay ui`: the page of `assay`, served to this machine alone, with the files of the command line in it. */
import type { Command } from 'commander';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { portOption } from './option-values.js';
import { serveUi } from './serve-ui.js';

const HELP = `
Shows what a module is, runs its functions, entries and ops in both tiers, and shows receipts and where the fuel went. FILES are a
module or a bundle, and JSON for its fields: an op or an entry, and dependencies (a name with "deps" in it). The page uses no network;
it is dist/web/assay.html of the package, which also opens from disk.

  assay ui zome.wasm op.json deps.json

Ends with Ctrl-C. Exit status: 0 ended, 2 usage.`;

export function addUiCommand(program: Command, console: Console, done: (status: ExitStatus) => void): void {
  program
    .command('ui')
    .summary('show modules, receipts and profiles in a browser')
    .description('Serves the page of assay on 127.0.0.1, with the files in it.')
    .argument('[files...]', 'a module or a bundle, and JSON for its fields')
    .option('--port <n>', 'port (default: any that is free)', portOption)
    .addHelpText('after', HELP)
    .action(async (files: readonly string[], { port = 0 }: { readonly port?: number }) => {
      const served = await serveUi(files, port);
      console.out(`${served.url}  (Ctrl-C ends)`);
      await new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
      });
      await served.close();
      done(EXIT.ok);
    });
}
