/** The line that says where a generated file comes from. */
export const GENERATED_NOTE =
  'Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.';
