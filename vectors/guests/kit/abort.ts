// What the language's own assertions call in place of the import `env.abort`: the guest imports nothing, and a broken
// assertion (out of memory, an index out of range) is a trap, hence no verdict.

export function abort(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  unreachable();
}
