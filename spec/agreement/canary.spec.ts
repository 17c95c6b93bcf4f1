/** The quickest of the canaries; the others are a long test. */
import { CANARIES, describeCanaries } from './describe-canaries.js';

describeCanaries([CANARIES.oneChargeTooFew]);
