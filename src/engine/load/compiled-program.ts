/**
 * Compiles a rewritten module to a program in the background: other code runs between the steps, so each step checks
 * the built-ins.
 */

import { withBuiltins } from '../../builtins/builtins.js';
import { type Declined, isDeclined } from '../../instrumented/declined.js';
import type { Host } from '../../instrumented/host.js';
import { compileBehind, InstrumentedProgram } from '../../instrumented/program.js';
import type { Rewritten } from '../../instrumented/rewrite.js';
import type { MeteredModule } from '../../metering/meter.js';

export async function compiledProgram(
  metered: MeteredModule,
  host: Host,
  rewritten: Rewritten,
): Promise<InstrumentedProgram | Declined> {
  const compiled = await withBuiltins(() => compileBehind(metered, host, rewritten));
  return isDeclined(compiled) ? compiled : withBuiltins(() => new InstrumentedProgram(compiled));
}
