/**
 * The table of callbacks: their export names, which zomes are called, and which host functions they may call.
 *
 * Source: holochain `guest_callback/*.rs`, holochain_types `access.rs`, develop-0.6.
 */

/** Classes of host functions, named as in `HostFnAccess`; every callback may call those of class `none`. */
export type Permission =
  | 'none'
  | 'agent_info'
  | 'read_workspace'
  | 'read_workspace_deterministic'
  | 'write_workspace'
  | 'write_network'
  | 'bindings'
  | 'bindings_deterministic'
  | 'non_determinism'
  | 'keystore'
  | 'keystore_deterministic'
  /** `get_init_properties`: only in `init` */
  | 'init';

const EVERYTHING: readonly Permission[] = [
  'none',
  'agent_info',
  'read_workspace',
  'read_workspace_deterministic',
  'write_workspace',
  'write_network',
  'bindings',
  'bindings_deterministic',
  'non_determinism',
  'keystore',
  'keystore_deterministic',
];

const GENESIS: readonly Permission[] = ['none', 'keystore_deterministic', 'bindings_deterministic'];

export interface CallbackRow {
  /**
   * Names of the exports, all of which are called, in this order; empty for a zome function, which has its own name.
   */
  readonly exports: readonly string[];
  readonly zomes: 'integrity' | 'all' | 'one';
  readonly permissions: readonly Permission[];
  /**
   * Effect of a missing dependency: it ends the call with `UnresolvedDependencies`, or returns an error to the guest.
   */
  readonly missing: 'unresolved' | 'error';
}

export const CALLBACKS = {
  validate: {
    exports: ['validate'],
    zomes: 'integrity',
    permissions: ['none', 'read_workspace_deterministic', 'keystore_deterministic', 'bindings_deterministic'],
    missing: 'unresolved',
  },
  genesis_self_check_1: {
    exports: ['genesis_self_check_1', 'genesis_self_check'],
    zomes: 'integrity',
    permissions: GENESIS,
    missing: 'error',
  },
  genesis_self_check_2: {
    exports: ['genesis_self_check_2'],
    zomes: 'integrity',
    permissions: GENESIS,
    missing: 'error',
  },
  entry_defs: { exports: ['entry_defs'], zomes: 'integrity', permissions: ['none'], missing: 'error' },
  init: { exports: ['init'], zomes: 'all', permissions: [...EVERYTHING, 'init'], missing: 'unresolved' },
  post_commit: {
    exports: ['post_commit'],
    zomes: 'one',
    permissions: EVERYTHING.filter((permission) => permission !== 'write_workspace'),
    missing: 'error',
  },
  /** any other export of the byte ABI */
  zome_function: { exports: [], zomes: 'one', permissions: EVERYTHING, missing: 'error' },
} as const satisfies Readonly<Record<string, CallbackRow>>;

export type CallbackName = keyof typeof CALLBACKS;

/** The row of a callback, typed with the interface that all rows share. */
export function callbackRow(name: CallbackName): CallbackRow {
  return CALLBACKS[name];
}

/** Whether a callback may call functions that need all of `permissions`. */
export function isAllowed(callback: CallbackName, permissions: readonly Permission[]): boolean {
  const granted = callbackRow(callback).permissions;
  return permissions.every((permission) => granted.includes(permission));
}
