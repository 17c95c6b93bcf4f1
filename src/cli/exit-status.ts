/** The table of exit statuses of all commands. Scripts may rely on them. */
export const EXIT = {
  /** `call`: returned, and a zome function returned `Ok`. `validate`: Valid. Other commands: success. */
  ok: 0,
  /**
   * `validate`: Invalid. `call`: a zome function returned an error. `vectors verify`, `demo`: a check failed. `budget
   * check`: a case changed.
   */
  invalid: 1,
  /** The command line, a file or a module cannot be used; nothing ran. */
  usage: 2,
  /** `validate`: UnresolvedDependencies. */
  unresolved: 3,
  /** `call`: any outcome except returned. `validate`: no verdict. */
  notReturned: 4,
  /** The host failed (no memory, a bug); this has nothing to do with the guest. */
  hostFailure: 5,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
