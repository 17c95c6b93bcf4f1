/** Declarations as the oldest TypeScript that is supported reads them. */
import { describeDeclarations } from './describe-declarations.js';

describeDeclarations('oldest');
