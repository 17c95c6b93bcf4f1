/**
 * `assay/service`: a pool over HTTP. docs/OPERATING.md.
 *
 *   import { openService, readTokens } from 'assay/service';
 */
export type { ServiceBilling } from './billing-desk.js';
export { ModuleMemory, type ModulePlace, openModuleFiles } from './module-place.js';
export { type LogLine, openService, Service, type ServiceOptions } from './open-service.js';
export { PROBLEMS, type ProblemCode } from './protocol/problems.js';
export { SERVICE_LIMIT_ROWS, type ServiceLimitName, type ServiceLimits } from './service-limits.js';
export { makeToken, readTokens, type TenantRow, TokenFileError, TokenTable, writeTokens } from './tokens.js';
