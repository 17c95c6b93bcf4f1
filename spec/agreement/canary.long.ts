/** The canaries that take half a minute to find and to shrink. */
import { CANARIES, describeCanaries } from './describe-canaries.js';

describeCanaries([CANARIES.wrongNanSign, CANARIES.staleGlobal]);
