/** Fuel of a call that names no limit: a validate of a real zome takes 10^5. */
export const DEFAULT_FUEL = 1_000_000_000;
