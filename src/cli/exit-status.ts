/** The exit statuses of every command: the one table of them. A script may rely on each. */
export const EXIT = {
  /** `call`: returned, and a zome function returned `Ok`. `validate`: Valid. Elsewhere: done, and nothing was wrong. */
  ok: 0,
  /** `validate`: Invalid. `call`: a zome function returned an error. `vectors verify`, `demo`: something was not as it must be. `budget check`: a case moved. */
  invalid: 1,
  /** The command line, a file or a module cannot be used; nothing ran. */
  usage: 2,
  /** `validate`: UnresolvedDependencies. */
  unresolved: 3,
  /** `call`: any outcome but returned. `validate`: no verdict. */
  notReturned: 4,
  /** The host failed (no memory, a bug): says nothing about the guest. */
  hostFailure: 5,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
