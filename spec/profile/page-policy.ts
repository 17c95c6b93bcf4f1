/** The content security policy of a single-file page, and the policy that its script and style require. */
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
