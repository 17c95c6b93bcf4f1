/**
 * What the byte ABI needs from a running instance; the engine and both tiers implement it.
 *
 * Invariant: the engine keeps the first outcome other than `returned` (SEMANTICS 7). A caller that gets `ok: false` or
 * `false` from here stops at once and no longer calls this guest.
 */

export type GuestCall =
  /** i32 as a signed number, i64 as a signed bigint, no result as undefined */
  { readonly ok: true; readonly value: number | bigint | undefined } | { readonly ok: false };

export interface Guest {
  /** Calls an exported function with i32 arguments. The caller has checked the export's type. */
  call(exportName: string, args: readonly number[]): GuestCall;
  /**
   * Current size in bytes of the memory exported as `memory`; undefined if there is none. It may grow in every call.
   */
  memorySize(): number | undefined;
  /** A copy. The caller has checked the bounds. */
  read(ptr: number, len: number): Uint8Array;
  /** The caller has checked the bounds. */
  write(ptr: number, bytes: Uint8Array): void;
  /** Type of an exported function like `(i32,i32)->(i64)`, or undefined if there is no such function export. */
  exportType(name: string): string | undefined;
  /**
   * Charges for `lengthBytes` that are about to cross, before anything is copied (SEMANTICS 3, part `boundary`).
   * @returns false if the fuel does not cover it; the engine has recorded `exhausted(fuel)`
   */
  charge(lengthBytes: number): boolean;
}
