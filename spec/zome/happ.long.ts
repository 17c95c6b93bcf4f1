/** Coordinators of the real hdk of generation 0.6. */
import { describeHapp } from './describe-happ.js';

describeHapp('0.6');
