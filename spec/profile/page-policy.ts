/** What the content security policy of a page in one file is, and what it has to be for the script and the style that are in it. */
import { createHash } from 'node:crypto';

export function policyOf(html: string): string {
  return /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
}

export function policyOfContents(html: string): string {
  const sourceOf = (name: string) => {
    const [, text] = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(html)!;
    return `${name}-src 'sha256-${createHash('sha256').update(text!).digest('base64')}'`;
  };
  return `default-src 'none'; ${sourceOf('script')}; ${sourceOf('style')}; base-uri 'none'; form-action 'none'`;
}
