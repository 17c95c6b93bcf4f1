/** Runs a task as the next of the host, if it has a loop of them and lives that long: it keeps no process alive. */
export function soon(task: () => void): void {
  if (typeof setTimeout !== 'function') return;
  const timer: { readonly unref?: () => void } | number = setTimeout(task, 0);
  if (typeof timer === 'object') timer.unref?.();
}
