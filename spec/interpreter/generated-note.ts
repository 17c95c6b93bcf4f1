/** The line that names the source of a generated file. */
export const GENERATED_NOTE =
  'Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.';
