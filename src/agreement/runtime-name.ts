/** The runtime of this code, as named in reports: `node 20.19.0 x64`, `bun 1.2.0 arm64`. */

interface RuntimeGlobals {
  readonly Bun?: { readonly version: string };
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly process?: { readonly arch?: string; readonly versions?: Readonly<Record<string, string | undefined>> };
  readonly navigator?: { readonly userAgent?: string };
}

export function runtimeName(): string {
  const { Bun, Deno, process, navigator } = globalThis as RuntimeGlobals;
  const arch = process?.arch === undefined ? '' : ` ${process.arch}`;
  if (Bun !== undefined) return `bun ${Bun.version}${arch}`;
  if (Deno !== undefined) return `deno ${Deno.version.deno}${arch}`;
  const node = process?.versions?.['node'];
  if (node !== undefined) return `node ${node}${arch}`;
  return navigator?.userAgent ?? 'unknown runtime';
}
