/** Both names of an import as one text, for messages alone: a name may itself have a dot in it. */
export function importName({ module, name }: { readonly module: string; readonly name: string }): string {
  return `${module}.${name}`;
}
