/**
 * The environment for a child that observes V8: coverage has counters in the bytecode and keeps bytes of its own. Empty,
 * because Node passes the variable on where it is absent.
 */
export const WITHOUT_COVERAGE: NodeJS.ProcessEnv = { ...process.env, NODE_V8_COVERAGE: '' };
