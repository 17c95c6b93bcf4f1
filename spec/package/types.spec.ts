/** Declarations as the newest TypeScript reads them; the oldest that is supported is a long test. */
import { describeDeclarations } from './describe-declarations.js';

describeDeclarations('newest');
