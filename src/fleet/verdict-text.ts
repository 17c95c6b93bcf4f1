/** A verdict in a line: its JSON (`verdictJson`), cut where it is too long for one. What others wrote is checked before it is used. */
import { hash, isHex, toHex, utf8 } from '../base/hash.js';
import type { Verdict } from '../boundary/validation.js';
import { hashFromText } from '../zome/holo-hash.js';
import { verdictJson } from '../zome/verdict-json.js';
import { FLEET_LIMITS } from './fleet-limits.js';

/** As JSON a character may have six. */
const REASON_LENGTH = 2_700;
const HASHES_SENT = 200;

/** The verdict as JSON. What is too long for a line is cut, in every worker alike. */
export function verdictText(verdict: Verdict): string {
  const text = JSON.stringify(verdictJson(verdict));
  if (text.length <= FLEET_LIMITS.verdictLength) return text;
  if (verdict.kind === 'Invalid') {
    return JSON.stringify({ verdict: verdict.kind, reason: `${verdict.reason.slice(0, REASON_LENGTH)}…` });
  }
  const digest = toHex(hash(utf8(text)));
  if (verdict.kind === 'UnresolvedDependencies' && verdict.dependencies.kind === 'Hashes') {
    const hashes = verdict.dependencies.hashes.slice(0, HASHES_SENT);
    const shown = verdictJson({ kind: verdict.kind, dependencies: { kind: 'Hashes', hashes } });
    const cut = JSON.stringify({ ...shown, cut: digest });
    if (cut.length <= FLEET_LIMITS.verdictLength) return cut;
  }
  return JSON.stringify({ verdict: verdict.kind === 'NoVerdict' ? null : verdict.kind, cut: digest });
}

/** Its location may be any: a guest names what it likes. */
function isHashText(text: string): boolean {
  const read = hashFromText(text);
  return read.ok || read.code === 'location';
}

type Fits = (value: unknown) => boolean;

const isText: Fits = (value) => typeof value === 'string';
/** As Holochain writes it; bytes that are none in hexadecimal. */
const isHash: Fits = (value) => typeof value === 'string' && (/^(?:[0-9a-f]{2})*$/.test(value) || isHashText(value));
const isHashes: Fits = (value) => Array.isArray(value) && value.every(isHash);
const isCause = fields(
  { kind: isText },
  { code: isText, text: isText, path: isText, reason: isText, resource: isText },
);
const isHashesOf = fields({ kind: (kind) => kind === 'Hashes', hashes: isHashes });
const isActivityOf = fields({ kind: (kind) => kind === 'AgentActivity', agent: isHash, chainTop: isHash });
const VERDICTS: readonly unknown[] = ['Valid', 'Invalid', 'UnresolvedDependencies', null];

const isVerdict = fields(
  { verdict: (verdict) => VERDICTS.includes(verdict) },
  {
    reason: isText,
    dependencies: (value) => isHashesOf(value) || isActivityOf(value),
    cause: isCause,
    cut: (value) => typeof value === 'string' && isHex(value),
  },
);

/** Whether a text is one that `verdictText` can have made: these keys and no others. */
export function isVerdictText(text: string): boolean {
  try {
    return isVerdict(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function fields(required: Readonly<Record<string, Fits>>, optional: Readonly<Record<string, Fits>> = {}): Fits {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const given = Object.entries(value);
    const fits = ([key, one]: readonly [string, unknown]) =>
      (Object.hasOwn(required, key) && required[key](one)) || (Object.hasOwn(optional, key) && optional[key](one));
    return given.every(fits) && Object.keys(required).every((key) => Object.hasOwn(value, key));
  };
}
