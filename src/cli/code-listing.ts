/** `assay inspect --code`: the register code that the interpreter runs for a function. */
import type { FunctionListing } from '../engine/describe/description.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { type ListedOperation, listedCode } from '../interpreter/listing.js';
import { CliError } from './cli-error.js';
import type { Colours } from './console.js';
import { columns, printable } from './layout.js';

interface ListedFunction {
  readonly function: FunctionListing;
  readonly code: readonly ListedOperation[];
}

function listed(module: LoadedModule, named: string): ListedFunction {
  const { functions } = module.describe();
  const exported = module.metered.module.exports.find(({ kind, name }) => kind === 'function' && name === named);
  const found = functions.find(
    ({ index, name }) => index === exported?.index || String(index) === named || name === named,
  );
  if (found === undefined)
    throw new CliError(
      `the module does not define a function '${printable(named)}'`,
      'assay inspect --all lists every function',
    );
  const { metered } = module;
  return { function: found, code: listedCode(metered, found.index - metered.module.importedFunctions) };
}

export function codeDocument(module: LoadedModule, named: string): object {
  const { function: listing, code } = listed(module, named);
  return { ...listing, code };
}

export function codeLines(module: LoadedModule, named: string, colours: Colours): readonly string[] {
  const { function: listing, code } = listed(module, named);
  const header = ['word', 'offset', 'operation', 'operands'].map((text) => ({ text, style: colours.dim }));
  const rows = code.map(({ position, offset, name, operands }) => [
    String(position),
    `0x${offset.toString(16)}`,
    name,
    operands.map(([operand, word]) => `${operand}=${word}`).join(' '),
  ]);
  return [`${colours.bold(printable(listing.name))} ${listing.type}`, ...columns([header, ...rows], [0, 1])];
}
