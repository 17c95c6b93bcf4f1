/** The tiers that the suite can run on, by name. */
import type { ConformanceEngine } from './engine.js';

export const TIERS: ReadonlyMap<string, () => ConformanceEngine> = new Map();
