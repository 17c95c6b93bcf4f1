/** schemathesis sends valid and invalid requests from the OpenAPI document, and finds no fault in the responses. */
import { spawn } from 'node:child_process';
import type { CheckOptions, Finding } from '../pool/check.js';
import { serveChild } from './serve-child.js';

const EXAMPLES = 60;

/** @param program its path; undefined if it is not installed */
export function contractCheck(program: string | undefined): (options: CheckOptions) => Promise<readonly Finding[]> {
  return async ({ seed, share, showProgress }) => {
    const what = 'schemathesis finds nothing';
    if (program === undefined) {
      const found = 'it is not installed: pip install schemathesis, then --schemathesis PATH';
      // In CI, which checks everything, it must be installed.
      return [{ what, ok: process.env['CI'] === undefined, found }];
    }
    showProgress('schemathesis');
    const child = await serveChild('--threads', '1');
    const args = [
      ...['--config-file', 'spec/service/schemathesis.toml', 'run', `${child.url}/openapi.json`],
      ...['--header', `Authorization: Bearer ${child.token}`, '--no-color', '--warnings', 'off'],
      ...['--seed', String(seed), '--max-examples', String(Math.max(5, Math.round(EXAMPLES * share)))],
    ];
    const { status, text } = await ran(program, args);
    await child.stop();
    const cases = /^ {2}(\d+ generated.*)$/m.exec(text)?.[1] ?? '';
    if (status !== 0) console.log(text);
    return [{ what, ok: status === 0, found: status === 0 ? cases : `status ${status}` }];
  };
}

function ran(
  program: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, SCHEMATHESIS_HOOKS: 'spec/service/schemathesis-hooks.py' };
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('exit', (status) => resolve({ status, text }));
  });
}
