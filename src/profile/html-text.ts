/** Text as HTML, in an element or in the value of an attribute: a guest chooses its names. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
