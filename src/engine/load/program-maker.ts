/** Makes the programs of modules in a tier. */
import type { Hash } from '../../base/hash.js';
import type { MeteredModule } from '../../metering/meter.js';
import type { ModuleArtefacts } from './module-artefacts.js';
import type { ModulePrograms } from './module-programs.js';

export interface ProgramMaker {
  /** Makes the programs of a module. With `auto` it resolves at once, and makes the rest in the background. */
  make(metered: MeteredModule, artefacts: ModuleArtefacts | undefined): Promise<ModulePrograms>;
  /** BLAKE2b-256 as the tier computes it. */
  readonly hash: Hash;
}
