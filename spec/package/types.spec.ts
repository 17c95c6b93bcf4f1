/** Declarations as the newest TypeScript reads them; the oldest supported one is in a long test. */
import { describeDeclarations } from './describe-declarations.js';

describeDeclarations('newest');
