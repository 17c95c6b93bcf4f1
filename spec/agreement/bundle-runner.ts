/** The remote side of a node as one script, for hosts without modules or files: a page, QuickJS. Built with esbuild. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../src/agreement/answer-request.js', import.meta.url));

export type Bundle = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly why: string };

/** A script that puts `Answerer` into the global `assayRunner`. esbuild is installed in the folder. */
export function bundleRunner(folder: string, preparation: 'install' | 'installed'): Bundle {
  const path = join(folder, 'runner.bundle.js');
  if (preparation === 'installed' && existsSync(path)) return { ok: true, path };
  const program = join(folder, 'node_modules/.bin/esbuild');
  const args = [
    ENTRY,
    '--bundle',
    '--format=iife',
    '--global-name=assayRunner',
    '--target=es2022',
    `--outfile=${path}`,
  ];
  const { status, stderr, error } = spawnSync(program, [...args, '--log-level=error'], { encoding: 'utf8' });
  if (status === 0) return { ok: true, path };
  return { ok: false, why: `esbuild failed: ${error?.message ?? stderr.trim().split('\n')[0]}` };
}
