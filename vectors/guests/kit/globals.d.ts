// For editors only: what the compiler knows and its published types leave out.

/** Collects what nothing on the heap refers to; only to be called when nothing on the stack is needed. */
declare function __collect(): void;
