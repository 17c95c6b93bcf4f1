/**
 * `npm run vectors:write`: writes all computed golden vectors again. A vector that differs afterwards has changed its
 * meaning.
 */
import { writeReceipts } from '../src/cli/vectors/write-receipts.js';
import { writeInstructionVectors } from './agreement/instruction-vectors.js';
import { writeOutcomeVectors } from './agreement/outcome-vectors.js';
import { writeBillingVectors } from './billing/vectors.js';
import { writeHostBytesVectors } from './boundary/host-bytes-vectors.js';
import { recordPrograms } from './programs/record.js';
import { scriptLine } from './script-options.js';
import { writeLinkedVectors } from './session/linked/linked-vectors.js';
import { writeSessionVectors } from './session/session-vectors.js';
import { writeHostPriceVectors } from './zome/host-price-vectors.js';

scriptLine({
  name: 'vectors:write',
  about:
    'Writes receipts, instructions, outcomes, the fuel of real programs and billing anew. A difference in them is a change of meaning.',
  options: {},
});
await writeReceipts('vectors');
await writeInstructionVectors();
await writeOutcomeVectors();
await writeHostPriceVectors();
await writeHostBytesVectors();
await writeBillingVectors();
await writeSessionVectors();
await writeLinkedVectors();
recordPrograms();
