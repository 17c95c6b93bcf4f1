/** A host on which the instrumented tier runs nothing. Apart from the tier, which is loaded when it is needed. */
import { hasOwn } from '../base/own.js';

export interface UnfitHost {
  readonly unfit: string;
}

export function isUnfit<T extends object>(host: T | UnfitHost): host is UnfitHost {
  return hasOwn(host, 'unfit');
}
