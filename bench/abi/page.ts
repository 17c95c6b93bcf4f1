import type { AbiFigures } from './measure.js';
export function abiPage(_figures: AbiFigures): string { return ''; }
