/**
 * Command lines and all that they say, on both streams, with their exit status: recorded in `recorded.txt`, so that no word of a
 * help, a report or an error changes unseen. Hashes are left out: receipts have specs of their own.
 */
import { writeFileSync } from 'node:fs';
import { assay } from './command-line.js';

const WAT = 'vectors/guests/wat';
const POST = 'vectors/guests/post/post.wasm';
const LINKS = 'vectors/guests/links/links.wasm';
const ENTRIES = 'vectors/guests/entries';
const OPS = 'vectors/zome/ops';

const HELPS = [
  '',
  'inspect',
  'call',
  'validate',
  'profile',
  'ui',
  'budget record',
  'budget check',
  'new-op',
  'hash',
  'try',
  'vectors',
  'vectors verify',
  'vectors write',
  'agree',
  'agree replay',
  'demo',
  'submit',
  'work',
  'status',
  'serve',
  'token',
  'bill',
  ...[
    'prices',
    'verify',
    'show',
    'audit',
    'estimate',
    'balance',
    'budget',
    'tenant',
    'pay-in',
    'statement',
    'journal',
    'demo',
  ].map((name) => `bill ${name}`),
  'budget',
];

/** A queue of a kind that there is not: nothing is connected to, and its password is not shown. */
const NO_QUEUE = 'redis://me:secret@host/x';

const RUNS: readonly string[] = [
  `inspect ${WAT}/divide.wasm`,
  `inspect ${WAT}/divide.wasm --json`,
  `inspect ${POST}`,
  `inspect ${LINKS}`,
  'inspect absent.wasm',
  'inspect',
  'inspect README.md',
  `call ${WAT}/answer.wasm answer`,
  `call ${WAT}/answer.wasm answer i32:1`,
  `call ${WAT}/answer.wasm none`,
  `call ${WAT}/divide.wasm divide i32:7 i32:2 --fuel 1000`,
  `call ${WAT}/divide.wasm divide i32:7 i32:2 --fuel 100000`,
  `call ${WAT}/divide.wasm divide i32:7 i32:0`,
  `call ${WAT}/divide.wasm divide i32:7 i64:0`,
  `call ${WAT}/divide.wasm divide i32:x`,
  `call ${WAT}/divide.wasm divide i32:7 i32:2 --fuel -1`,
  `call ${WAT}/divide.wasm divide i32:7 i32:2 --tier fast`,
  `call ${WAT}/divide.wasm divide i32:7 i32:2 --nothing`,
  `call ${WAT}/recurse.wasm recurse i32:0`,
  `validate ${POST} --input ${ENTRIES}/post-valid-plain.msgpack`,
  `validate ${POST} --input ${ENTRIES}/post-valid-plain.msgpack --json`,
  `validate ${POST} --input ${ENTRIES}/post-valid-plain.msgpack --fuel 5000`,
  `validate ${POST} --input ${ENTRIES}/post-invalid-and-unresolved-parent.msgpack`,
  `validate ${POST} --input ${ENTRIES}/ledger-malformed-cut-off.msgpack`,
  `validate ${POST}`,
  `validate ${POST} --input absent.json`,
  `validate ${POST} --op ${OPS}/book.json`,
  `validate ${LINKS} --op ${OPS}/book.json`,
  `validate ${LINKS} --op ${OPS}/book.json --deps ${OPS}/book-dependencies.json`,
  `validate ${LINKS} --op ${OPS}/book.json --deps ${OPS}/book-dependencies.json --json`,
  `validate ${LINKS} --op ${OPS}/book.json --check all`,
  `validate ${LINKS} --op ${OPS}/book.json --check some`,
  `validate ${LINKS} --op ${OPS}/book.json --generation 0.9`,
  `validate ${LINKS} --op ${OPS}/book-dependencies.json`,
  `validate ${LINKS} --op vectors/guests/toolchain.json`,
  `validate ${LINKS} --dump vectors/guests/toolchain.json`,
  `hash ${POST}`,
  `hash ${POST} --json`,
  `hash ${ENTRIES}/post-valid-plain.json --kind app`,
  `hash ${ENTRIES}/post-valid-plain.json --kind none`,
  `new-op --entry ${ENTRIES}/post-valid-plain.json`,
  `new-op --entry ${ENTRIES}/post-valid-plain.json --entry-type 0/1 --kind StoreEntry --seed alice`,
  `new-op --entry ${ENTRIES}/post-valid-plain.json --entry-type x`,
  `new-op --entry ${ENTRIES}/post-valid-plain.json --kind Nothing`,
  'new-op',
  'try',
  'try vectors/guests/toolchain.json vectors/guests/toolchain.json',
  'vectors verify absent',
  'agree absent.wasm --inputs absent',
  `agree ${POST}`,
  `agree ${POST} --inputs absent`,
  `agree ${POST} --inputs ${ENTRIES} --nodes nobody`,
  'agree replay absent.json',
  'agree replay vectors/guests/toolchain.json',
  'nothing',
  '',
  '--version --json',
  'insepct',
  'serve',
  'serve --no-auth --tokens x',
  'serve --no-auth --host 0.0.0.0',
  'serve --tokens absent.json',
  'serve --tokens README.md --json',
  'serve --no-auth --billing x',
  'serve --no-auth --house h',
  'serve --no-auth --billing x --prices absent.json',
  'serve --no-auth --port 70000',
  'serve --no-auth --limit x=1',
  'serve --no-auth --limit bodyBytes=0',
  'serve --no-auth --statement-hours 0',
  'serve --no-auth --statement-hours 501',
  'submit',
  `submit ${POST}`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES}`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --resume`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --detach --billing x`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --job-inputs 0`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --check-share 0`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --check-share 1.1`,
  `submit ${POST} --queue ${NO_QUEUE} --batch ${ENTRIES} --check-share 1 --json`,
  'work',
  `work --queue ${NO_QUEUE}`,
  `work --queue ${NO_QUEUE} --idle 0`,
  `work --queue ${NO_QUEUE} --lease 1.2345`,
  `work --queue ${NO_QUEUE} --threads 0`,
  `work --queue ${NO_QUEUE} --key README.md`,
  `work --queue ${NO_QUEUE} --key vectors`,
  'status',
  `status --queue ${NO_QUEUE}`,
  `status a b --queue ${NO_QUEUE} --json`,
  'token',
  'token README.md acme',
  'token absent/tokens.json acme',
  'token absent.json acme --request-key 00',
  'token absent.json acme --concurrency x',
  'token absent.json a/b',
  'bill',
  'bill nothing',
  'bill prices absent.json',
  'bill prices README.md',
  'bill verify README.md',
  'bill verify README.md --json',
  'bill verify README.md --key 00',
  'bill show README.md --format none',
  'bill audit README.md',
  'bill audit README.md --evidence x --seed s --sample 0',
  'bill audit README.md --evidence x --seed s --confidence 101',
  'bill estimate 00 validate --evidence x',
  'bill pay-in x acme 1.5 --id a',
  'bill pay-in x acme 1',
  'bill journal x --currency EUR --scale -1',
  'bill tenant x acme --credit 01',
  `validate ${POST} --batch ${ENTRIES} --billing x`,
  `validate ${POST} --batch ${ENTRIES} --resume`,
  `validate ${POST} --input x --threads 2`,
  'budget check absent.json',
  'budget record',
  'profile',
  `profile ${POST}`,
];

function withoutHashes(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replace(/uhC[0-9A-Za-z_-]{50}/g, 'HOLOHASH')
    .replace(/\{ ?"\$bin": ?"[0-9a-f]{128}" ?\}/g, 'SIGNATURE')
    .replaceAll(process.cwd(), 'FOLDER');
}

function block(line: string, { status, out, err }: { status: number; out: string; err: string }): string {
  const indented = (mark: string, text: string) =>
    text === ''
      ? []
      : withoutHashes(text)
          .replace(/\n$/, '')
          .split('\n')
          .map((one) => `${mark} ${one}`.trimEnd());
  return [`$ assay ${line}`, ...indented('|', out), ...indented('!', err), `= ${status}`].join('\n');
}

export async function recordedBlocks(): Promise<readonly string[]> {
  const lines = [...HELPS.map((command) => `${command} --help`.trim()), ...RUNS];
  const blocks: string[] = [];
  for (const line of lines) blocks.push(block(line, await assay(line.split(' ').filter((word) => word !== ''))));
  return blocks;
}

export const RECORDED = new URL('../../../spec/cli/recorded.txt', import.meta.url);

/** `node dist/spec/cli/recorded.js` records what is said now. */
if (process.argv[1]?.endsWith('cli/recorded.js') === true) {
  writeFileSync(RECORDED, `${(await recordedBlocks()).join('\n\n')}\n`);
}
