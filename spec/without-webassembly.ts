/** The result of `work` on a host without WebAssembly; nothing else may run meanwhile. */
export function withoutWebAssembly<T>(work: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    return work();
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', own);
  }
}
