/** The identifier for a name of the text format: `i32.load8_u` is `I32Load8U`. */
export function pascalCase(name: string): string {
  return name
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
