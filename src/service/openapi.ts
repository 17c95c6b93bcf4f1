/** The OpenAPI document of the service, made of the table of routes and the io-ts types of its messages. */
import type * as t from 'io-ts';

import { JsonSchemas } from './protocol/json-schema.js';
import * as messages from './protocol/messages.js';
import { PROBLEMS, type ProblemCode } from './protocol/problems.js';
import { type Content, MEDIA, ROUTES, type RouteName, type RouteRow, routeOf } from './protocol/routes.js';
import { hashText, integer, type JsonSchema } from './protocol/schema-types.js';

/** Types that have a name in the document. */
const NAMED = {
  ValidateEntry: messages.ValidateEntry,
  ValidateEntryBytes: messages.ValidateEntryBytes,
  ValidateOp: messages.ValidateOp,
  ValidateOpBytes: messages.ValidateOpBytes,
  ValidateRequest: messages.ValidateRequest,
  CallValues: messages.CallValues,
  CallBytes: messages.CallBytes,
  CallRequest: messages.CallRequest,
  BatchOfModule: messages.BatchOfModule,
  BatchOfZomes: messages.BatchOfZomes,
  BatchHead: messages.BatchHead,
  BatchLine: messages.BatchLine,
  BatchResult: messages.BatchResult,
  Validated: messages.Validated,
  Called: messages.Called,
  Problem: messages.Problem,
  ModuleInfo: messages.ModuleInfo,
  Receipt: messages.ReceiptDocument,
  Balance: messages.Balance,
  Health: messages.Health,
} as const;

const schemas = () => new JsonSchemas(NAMED);

/** What parameters of paths are. */
const PARAMETERS = { hash: hashText, number: integer(1, 999_999_999) } as const;

export interface OpenApiOptions {
  readonly version: string;
  readonly hasTokens: boolean;
  readonly hasBilling: boolean;
}

export function openApiDocument({ version, hasTokens, hasBilling }: OpenApiOptions): object {
  const walked = schemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const row = routeOf(name);
    if (row.needsBilling === true && !hasBilling) continue;
    paths[row.path] ??= {};
    paths[row.path][row.method.toLowerCase()] = operation(name, row, walked, hasTokens);
  }
  const security = hasTokens
    ? { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of a tenant.' } } }
    : {};
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Assay',
      version,
      description: 'Runs WebAssembly validation logic: the same verdict and the same receipt on every machine.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(NAMED).map(([name, type]) => [name, walked.walk(type)])),
      ...security,
    },
  };
  return hasBilling ? document : (without('signedRequests', document) as object);
}

/** The document without a property of its schemas: a service that bills nobody takes no orders. */
function without(property: string, node: unknown): unknown {
  if (Array.isArray(node)) return node.map((one) => without(property, one));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([name]) => name !== property);
  return Object.fromEntries(entries.map(([name, value]) => [name, without(property, value)]));
}

function operation(name: RouteName, row: RouteRow, walked: JsonSchemas, hasTokens: boolean): object {
  const parameters = [...pathParameters(row.path, walked), ...(row.isIdempotent === true ? [IDEMPOTENCY_KEY] : [])];
  return {
    operationId: name,
    summary: row.summary,
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(row.request === undefined ? {} : { requestBody: { required: true, content: contentOf(row.request, walked) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(row.responses).map(([status, { description, ...content }]) => [
          status,
          { description, content: contentOf(content, walked) },
        ]),
      ),
      ...problemResponses(row, hasTokens),
    },
    ...(hasTokens && row.who !== 'all' ? { security: [{ token: [] }] } : {}),
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Names the request: the same one again has the response of the first, and is billed once.',
  schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
} as const;

function pathParameters(path: string, walked: JsonSchemas): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: walked.of(PARAMETERS[name as keyof typeof PARAMETERS]),
  }));
}

function contentOf({ media, type, head }: Content & { readonly head?: t.Mixed }, walked: JsonSchemas): object {
  if (media === MEDIA.text) return { [media]: { schema: { type: 'string' } } };
  if (media === MEDIA.lines && type !== undefined)
    return { [media]: { schema: linesSchema(walked.of(type), head && walked.of(head)) } };
  const bytes: JsonSchema = media === MEDIA.wasm || media === MEDIA.bytes ? { type: 'string', format: 'binary' } : {};
  return { [media]: { schema: type === undefined ? bytes : walked.of(type) } };
}

/** OpenAPI 3.1 has no schema of lines: it is that of a list with an item for each of them. */
function linesSchema(line: JsonSchema, head: JsonSchema | undefined): JsonSchema {
  const description = 'Lines of JSON: each item of this list is one of them.';
  if (head === undefined) return { description, type: 'array', items: line };
  return { description, type: 'array', prefixItems: [head], items: line, minItems: 1 };
}

/** Problems by their status: those of the row, and those that every route may have. */
function problemResponses({ problems, who, request }: RouteRow, hasTokens: boolean): object {
  const always: readonly ProblemCode[] = [
    'bad-request',
    'not-found',
    'method-not-allowed',
    'headers-too-large',
    'timeout',
    'internal',
    'stopping',
    ...(hasTokens && who !== 'all' ? (['unauthorized', 'forbidden', 'rate-limited'] as const) : []),
    ...(request === undefined ? [] : (['too-large', 'unsupported-media-type'] as const)),
  ];
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...problems, ...always])) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join(' '),
          ...(status === 429 || status === 503
            ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } } }
            : {}),
          content: { [MEDIA.problem]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  );
}
