/** polywasm gives no types; it has the parts of the host's `WebAssembly` that the bench uses. */
declare module 'polywasm' {
  export const WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => WebAssembly.Module;
    readonly Instance: new (module: WebAssembly.Module, imports?: WebAssembly.Imports) => WebAssembly.Instance;
  };
}
