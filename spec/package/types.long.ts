/** Declarations as the oldest supported TypeScript reads them. */
import { describeDeclarations } from './describe-declarations.js';

describeDeclarations('oldest');
