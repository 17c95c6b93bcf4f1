/** The text of src/builtins/unchanged.ts, generated from the list. */
import { ACCESSORS, type BuiltinGroup, type BuiltinSection, SECTIONS, SERVES_AS_WELL } from './builtin-list.js';

const SYMBOL = '@@';
/** A host without WebAssembly has only the interpreter. */
const OPTIONAL = /^wasm\b/;

const keyText = (key: string): string => (key.startsWith(SYMBOL) ? key.slice(SYMBOL.length) : `'${key}'`);
const memberOf = (object: string, key: string): string =>
  key.startsWith(SYMBOL) ? `${object}[${key.slice(SYMBOL.length)}]` : `${object}.${key}`;

/**
 * A separate constant for each: a property of an object is loaded each time, which makes the comparison five times as
 * slow.
 */
const constantOf = ({ constant }: BuiltinGroup, key: string): string => `${constant}_${key.replace(SYMBOL, '')}`;

function capture(group: BuiltinGroup): string {
  const { holder, keys } = group;
  const object = OPTIONAL.test(holder) ? `${holder.replace('wasm.', 'wasm?.')} ?? NOTHING` : holder;
  return keys.map((key) => `const ${constantOf(group, key)} = captured(${object}, ${keyText(key)});`).join('\n');
}

function comparison(group: BuiltinGroup, key: string): string {
  const there = memberOf(group.holder, key);
  const same = `${there} === ${constantOf(group, key)}`;
  const other = SERVES_AS_WELL[there];
  return other === undefined ? same : `(${same} || ${other})`;
}

function section({ name, groups }: BuiltinSection): string {
  const rows = groups.flatMap((one) => one.keys.map((key) => comparison(one, key)));
  const guard = groups.some(({ holder }) => OPTIONAL.test(holder)) ? '  if (wasm === undefined) return true;\n' : '';
  return `function ${name}(): boolean {\n${guard}  return (\n    ${rows.join(' &&\n    ')}\n  );\n}\n`;
}

function accessors(): string {
  const rows = ACCESSORS.map(([, , probe, wanted]) => `${probe} === ${wanted}`);
  return `function sameAccessors(): boolean {
  const { map, set, bytes, view } = PROBED;
  return (
    ${rows.join(' &&\n    ')}
  );
}
`;
}

export function unchangedText(): string {
  const [globals, ...others] = SECTIONS.map(({ name }) => `${name}()`);
  return `/**
 * Written by \`npm run builtins:write\` from the list in spec/builtins. Captures the built-ins when it is loaded, and compares them.
 *
 * Written out: each comparison is a load that the host's compiler can fold, a loop over the rows takes 300 times as long.
 */
import {
  arrayIterator,
  captured,
  capturedAccessor,
  iterator,
  mapIterator,
  match,
  NOTHING,
  replace,
  setIterator,
  split,
  stringIterator,
  TypedArray,
  typed,
  wasm,
} from './capture.js';
import { ERROR_PROTOTYPE, PROBED, PROBED_BUFFER, setsFloats } from './probes.js';

${SECTIONS.flatMap(({ groups }) => groups.map(capture)).join('\n')}
${ACCESSORS.map(([holder, key]) => `capturedAccessor(${holder}, '${key}');`).join('\n')}

${SECTIONS.map(section).join('\n')}
${accessors()}
/** Whether every built-in is the one that was there, or serves as well. */
export function areUnchanged(): boolean {
  return (
    ${[globals, 'sameAccessors()', ...others].join(' &&\n    ')}
  );
}
`;
}
