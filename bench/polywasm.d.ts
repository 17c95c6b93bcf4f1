/** polywasm has no type declarations; these are the parts of the `WebAssembly` API that the bench uses. */
declare module 'polywasm' {
  export const WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => WebAssembly.Module;
    readonly Instance: new (module: WebAssembly.Module, imports?: WebAssembly.Imports) => WebAssembly.Instance;
  };
}
