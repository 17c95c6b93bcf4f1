/** System calls that fail or return false results in ways that no folder on this machine can produce. */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

type System = Partial<typeof fs>;

/** Runs `work` with replaced functions of `node:fs/promises`, for every module that imports them. */
export async function withSystem<T>(others: System, work: () => Promise<T>): Promise<T> {
  const own = Object.fromEntries(Object.keys(others).map((name) => [name, fs[name as keyof typeof fs]]));
  const set = (functions: object) => {
    Object.assign(fs, functions);
    syncBuiltinESMExports();
  };
  set(others);
  try {
    return await work();
  } finally {
    set(own);
  }
}

/** A function that fails with this system error. */
export function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
}
