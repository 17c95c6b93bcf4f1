/** docs/FAULTS.md, generated from the table of codes and the list of breaches. */
import { FAULTS, type FaultKind } from '../../src/base/fault.js';
import { BREACHES } from '../../src/boundary/byte-abi.js';
import { REFERENCE_BREACH } from '../../src/engine/imports/reference-breach.js';

const KINDS: readonly (readonly [FaultKind, string])[] = [
  ['malformed', 'The bytes are not a module. Returned by loading, with the offset.'],
  ['invalid', 'A module that breaks the rules of validation. Returned by loading, with the offset.'],
  ['refused', 'A proposal that the profile does not include, or a limit. Returned by loading, with the offset.'],
  ['unlinkable', 'The imports do not match. Returned by loading with imports, or before a call.'],
  ['trapped', 'An outcome of a call: the guest did something that WebAssembly forbids at run time. It has a receipt.'],
  ['exhausted', 'An outcome of a call: a resource is used up. It has a receipt.'],
];

const HEAD = `# Codes

Every failure of a module, a call or a guest's bytes has one code. The meaning of a code never changes, and programs
compare codes. The text beside it is for people and may change. This page is generated from \`src/base/fault.ts\` and
\`src/boundary/byte-abi.ts\` by \`npm run docs:write\`; a spec checks that it is up to date.
`;

export function faultPage(): string {
  const sections = KINDS.map(([kind, text]) => {
    const rows = Object.entries(FAULTS).flatMap(([code, row]) =>
      row.kind === kind ? [[code, row.text] as const] : [],
    );
    return section(kind, text, rows);
  });
  const breaches: readonly (readonly [string, string])[] = [
    ...Object.entries(BREACHES),
    [REFERENCE_BREACH, 'the guest passed a reference other than null to its caller or to a host function'],
  ];
  const breached = section(
    'breached',
    'An outcome of a call: the guest broke the byte ABI. It has a receipt, costs fuel, and is not a verdict.',
    breaches,
  );
  return [HEAD, ...sections, breached].join('\n');
}

function section(kind: string, text: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `## ${kind}\n\n${text}\n\n| code | meaning |\n| --- | --- |\n${lines.join('\n')}\n`;
}
