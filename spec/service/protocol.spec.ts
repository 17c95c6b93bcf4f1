/** Messages of the service: the schema describes exactly what they decode, and tokens are known only by their hash. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { BillingDesk } from '../../src/service/billing-desk.js';
import { openApiDocument } from '../../src/service/openapi.js';
import { JsonSchemas } from '../../src/service/protocol/json-schema.js';
import { ROUTES } from '../../src/service/protocol/routes.js';
import { base64, byKey, integer, listOf, record, text } from '../../src/service/protocol/schema-types.js';
import { serviceLimits } from '../../src/service/service-limits.js';
import { makeToken, readTokens, TokenFileError, writeTokens } from '../../src/service/tokens.js';
import { saidBy } from '../cli/said.js';

const Pair = record('Pair', { a: integer(1, 3) }, { b: text(0, 2) });
const Choice = byKey('Choice', { a: Pair, c: record('Other', { c: listOf(base64, 2, 1) }) });

const expectSaid = saidBy('service-protocol');

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: Record<string, object> }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

function operationsIn({ paths }: OpenApi) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );
}

const isProblem = (status: string) => Number(status) >= 400;

/** Each problem of each operation. */
function problemsIn(document: OpenApi): string[] {
  return operationsIn(document).flatMap(({ name, responses }) =>
    Object.entries(responses)
      .filter(([status]) => isProblem(status))
      .map(([status, { description }]: [string, { description?: string }]) => {
        const codes = [...description!.matchAll(/([a-z-]+):/g)].map(([, code]) => code);
        return `${name} ${status}: ${codes.join(' ')}`;
      }),
  );
}

/** The document, with a line for each of its parts. */
function partsOf(document: OpenApi): string[] {
  const { paths: _paths, components, ...rest } = document;
  const { schemas, ...more } = components;
  return [
    JSON.stringify({ ...rest, ...more }),
    ...operationsIn(document).map(({ responses, ...operation }) => {
      const good = Object.entries(responses).filter(([status]) => !isProblem(status));
      return JSON.stringify({ ...operation, responses: Object.fromEntries(good) });
    }),
    ...problemsIn(document),
    ...Object.entries(schemas).map(([name, schema]) => `${name}: ${JSON.stringify(schema)}`),
  ];
}

describe('service: protocol', () => {
  it('derives a schema from the types that it decodes', () => {
    const walked = new JsonSchemas({ Pair });
    expect(walked.of(Choice)).to.deep.equal({
      oneOf: [
        { $ref: '#/components/schemas/Pair' },
        {
          type: 'object',
          properties: { c: { type: 'array', items: base64.schema, maxItems: 2, minItems: 1 } },
          required: ['c'],
          additionalProperties: false,
        },
      ],
    });
    expect(walked.walk(t.union([t.keyof({ x: null }), t.null]))).to.deep.equal({
      anyOf: [{ enum: ['x'] }, { type: 'null' }],
    });
    expect(() => walked.walk(t.type({ a: t.string }))).to.throw('no schema');
  });

  it('decodes matching values and nothing else', () => {
    const good: readonly unknown[] = [{ a: 1 }, { a: 3, b: 'xy' }, { c: ['AA=='] }];
    const bad: readonly unknown[] = [
      null,
      [],
      {},
      { a: 0 },
      { a: 4 },
      { a: 1.5 },
      { a: 1, b: 'xyz' },
      { a: 1, d: 1 },
      { a: 1, c: ['AA=='] },
      { c: [] },
      ...['A', '?AA=', 'A?A=', 'AA=A', 'A===', '===='].map((text) => ({ c: [text] })),
      { c: ['AA==', 'AA==', 'AA=='] },
    ];
    for (const value of good) expect(E.isRight(Choice.decode(value)), JSON.stringify(value)).to.equal(true);
    for (const value of bad) expect(E.isLeft(Choice.decode(value)), JSON.stringify(value)).to.equal(true);
    // A type is also a guard of what it has decoded.
    for (const value of good) {
      const read = Choice.decode(value);
      expect(E.isRight(read) && Choice.is(read.right), JSON.stringify(value)).to.equal(true);
    }
    for (const value of bad) expect(Choice.is(value), JSON.stringify(value)).to.equal(false);
    const read = Choice.decode({ c: ['AP8='] });
    if (E.isLeft(read)) throw new Error('not decoded');
    expect(Choice.encode(read.right)).to.deep.equal({ c: ['AP8='] });
  });

  it('has a document with every route, whose references resolve', () => {
    const document = openApiDocument({ version: '1', hasTokens: true, hasBilling: true });
    const written = JSON.stringify(document);
    const { paths, components } = document as unknown as Readonly<Record<string, Readonly<Record<string, object>>>>;
    for (const { path, method } of Object.values(ROUTES)) expect(paths![path]).to.have.property(method.toLowerCase());
    for (const [, name] of written.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(components!['schemas']).to.have.property(name!);
    }
    expectSaid('the OpenAPI document', partsOf(document as never).join('\n'));
    const { responses } = (paths!['/v1/call'] as unknown as Pick<OpenApi, 'paths'>['paths'][string])['post']!;
    const schema = { $ref: '#/components/schemas/Problem' };
    expect([responses['504'], responses['429']]).to.deep.equal([
      {
        description: 'time-limit: The call took longer than it may. This is not a verdict.',
        content: { 'application/problem+json': { schema } },
      },
      {
        description: 'rate-limited: The tenant has reached its rate limit.',
        headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } },
        content: { 'application/problem+json': { schema } },
      },
    ]);
    const without = openApiDocument({ version: '1', hasTokens: false, hasBilling: false });
    const text = JSON.stringify(without);
    for (const absent of ['/v1/balance', '"security', 'signedRequests']) expect(text).not.to.include(absent);
    expectSaid('the statuses of a service without tokens and billing', problemsIn(without as OpenApi).join('\n'));
  });

  it('stores tokens only as hashes', () => {
    const { token, line } = makeToken();
    const file = writeTokens([{ name: 'acme', tokens: [line], concurrency: 2 }]);
    expect(file).not.to.include(token.split('.')[1]!);
    const table = readTokens(file);
    expect(table.tenantOf(token)?.name).to.equal('acme');
    const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const other of [flipped, token.slice(1), `${line.id}.`, line.id, '', makeToken().token]) {
      expect(table.tenantOf(other)).to.equal(undefined);
    }
    for (const bad of ['', '{}', '{"format":"assay-tokens-1","tenants":[{"name":"a b","tokens":[]}]}']) {
      expect(() => readTokens(bad)).to.throw(TokenFileError);
    }
    const tenants = (...rows: readonly object[]) => JSON.stringify({ format: 'assay-tokens-1', tenants: rows });
    for (const [bad, message] of [
      ['{', 'not a valid token file: it is not JSON'],
      ['[]', 'not a valid token file: expected tokens: an object at $'],
      ['{}', 'not a valid token file: expected "assay-tokens-1", got nothing at $.format'],
      [tenants({ name: 'a b', tokens: [] }), /^not a valid token file: .* at \$\.tenants\[0\]\.name$/],
      [tenants({ name: 'a', tokens: [{ id: 'é', hash: line.hash }] }), /\$\.tenants\[0\]\.tokens\[0\]\.id$/],
      [tenants({ name: 'a', tokens: [], fuelPerSecond: 0 }), / at \$\.tenants\[0\]\.fuelPerSecond$/],
      [tenants(...[1, 2].map((i) => ({ name: `t${i}`, tokens: [line] }))), `two tokens have the ID ${line.id}`],
      [tenants(...[1, 2].map(() => ({ name: 't', tokens: [] }))), 'two tenants have the name t'],
      [tenants({ name: 't', tokens: [], mustSign: true }), 't must sign and has no requestKey'],
    ] as const) {
      expect(() => readTokens(bad), bad).to.throw(TokenFileError, message);
    }
    expect(writeTokens([])).to.equal('{\n  "format": "assay-tokens-1",\n  "tenants": []\n}\n');
    expect(token).to.match(/^[\w-]{8}\.[\w-]{43}$/);
    expect([table.tenant('acme')?.concurrency, table.tenant('other')]).to.deep.equal([2, undefined]);
  });

  it('refuses invalid limits', async () => {
    expect(serviceLimits({ jobMs: 5 }).jobMs).to.equal(5);
    // A timer of Node that is longer than this ends at once.
    const longest = 2 ** 31 - 1;
    for (const name of ['headersMs', 'keepAliveMs', 'bodyMs', 'idleMs', 'lingerMs', 'jobMs', 'drainMs'] as const) {
      expect(serviceLimits({ [name]: longest })[name]).to.equal(longest);
      for (const value of [0, 1.5, longest + 1])
        expect(() => serviceLimits({ [name]: value }), name).to.throw(
          RangeError,
          `the limit '${name}' must be an integer from 1 to 2147483647 (ms), not ${value}`,
        );
    }
    expect(serviceLimits({ idempotencyMs: longest + 1 }).idempotencyMs).to.equal(longest + 1);
    expect(() => serviceLimits({ connections: 2 ** 53 })).to.throw(RangeError, `to ${2 ** 53 - 1} (connections)`);
    expect(() => serviceLimits({ nothing: 1 } as object)).to.throw(
      RangeError,
      "there is no limit 'nothing'; the limits",
    );
    const statements = { house: 'H', secret: new Uint8Array(32) };
    const deskOf = (every: number) => new BillingDesk({ statements: { ...statements, every } } as never);
    expect(await deskOf(longest).close()).to.deep.equal([]);
    for (const every of [0, 1.5, longest + 1])
      expect(() => deskOf(every)).to.throw(
        RangeError,
        `statements.every must be an integer from 1 to 2147483647 (ms), not ${every}`,
      );
  });
});
