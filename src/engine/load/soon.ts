/** Runs a task in the next turn of the event loop, if there is one; it does not keep the process alive. */
export function soon(task: () => void): void {
  if (typeof setTimeout !== 'function') return;
  const timer: { readonly unref?: () => void } | number = setTimeout(task, 0);
  if (typeof timer === 'object') timer.unref?.();
}
