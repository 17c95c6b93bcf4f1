/** The canaries that take half a minute to be found and made small. */
import { CANARIES, describeCanaries } from './describe-canaries.js';

describeCanaries([CANARIES.wrongNanSign, CANARIES.staleGlobal]);
