/** The fastest of the canaries; the others are in a long test. */
import { CANARIES, describeCanaries } from './describe-canaries.js';

describeCanaries([CANARIES.oneChargeTooFew]);
