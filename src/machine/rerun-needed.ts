/** The part of the contract of tiers that concerns a host which cannot finish a call. docs/SEMANTICS.md, section 7. */

/**
 * The host could not finish the call, which says nothing about the guest: the interpreter must run it again, with the
 * log of the abandoned attempt. A tier throws it through whatever host code is on the stack.
 */
export class RerunNeeded extends Error {
  readonly rerun = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RerunNeeded';
  }
}

/** The guest needs fuel that was kept back (`Gauge.reserve`), and the tier cannot give it to a call that is in progress. */
export class ReserveNeeded extends RerunNeeded {
  constructor() {
    super('the call goes on with the fuel that was kept back');
    this.name = 'ReserveNeeded';
  }
}
