/**
 * Tokens and their tenants. A token is `ID.SECRET`: the ID finds the line, the secret is 32 random bytes of which only
 * the BLAKE2b-256 is stored, and it is compared in constant time. Someone who reads the file cannot make a token from
 * it.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { fromHex, hash, toHex, utf8 } from '../base/hash.js';
import { codecErrorOf } from '../boundary/codec.js';
import { hashText, integer, listOf, record, text } from './protocol/schema-types.js';

export const TOKENS_FORMAT = 'assay-tokens-1';
const TENANTS_MAX = 100_000;
const TOKENS_MAX = 100;
const ID_BYTES = 6;
const SECRET_BYTES = 32;

/** What a tenant may use; for a missing field the service's limit applies. */
const figure = integer(1, Number.MAX_SAFE_INTEGER);

const TenantRow = record(
  'tenant',
  {
    name: text(1, 64, '^[A-Za-z0-9._@-]+$'),
    tokens: listOf(record('token', { id: text(1, 32, '^[A-Za-z0-9_-]+$'), hash: hashText }), TOKENS_MAX),
  },
  {
    ...{ fuelPerSecond: figure, bytesPerSecond: figure, concurrency: figure, operator: t.boolean },
    /** The tenant's public key (ed25519), for checking its signed requests. */
    requestKey: hashText,
    /** Whether unsigned runs are refused. Needs `requestKey`. */
    mustSign: t.boolean,
  },
);
export type TenantRow = t.TypeOf<typeof TenantRow>;

const TokenFile = record('tokens', {
  format: t.literal(TOKENS_FORMAT),
  tenants: listOf(TenantRow, TENANTS_MAX),
});

/** The text is not a token file. */
export class TokenFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokenFileError';
  }
}

interface TokenLine {
  readonly tenant: TenantRow;
  readonly hash: Uint8Array;
}

/** Compared if no line has the ID, so that it takes the same time. */
const NOBODY = new Uint8Array(32);

export class TokenTable {
  readonly #lines: ReadonlyMap<string, TokenLine>;
  readonly #byName: ReadonlyMap<string, TenantRow>;

  constructor(readonly tenants: readonly TenantRow[]) {
    const lines = new Map<string, TokenLine>();
    const names = new Set<string>();
    for (const tenant of tenants) {
      if (names.has(tenant.name)) throw new TokenFileError(`two tenants have the name ${tenant.name}`);
      names.add(tenant.name);
      if (tenant.mustSign === true && tenant.requestKey === undefined)
        throw new TokenFileError(`${tenant.name} must sign and has no requestKey`);
      for (const { id, hash: text } of tenant.tokens) {
        if (lines.has(id)) throw new TokenFileError(`two tokens have the ID ${id}`);
        lines.set(id, { tenant, hash: fromHex(text) });
      }
    }
    this.#lines = lines;
    this.#byName = new Map(tenants.map((tenant) => [tenant.name, tenant]));
  }

  tenant(name: string): TenantRow | undefined {
    return this.#byName.get(name);
  }

  /** The owner of a token; undefined if it is unknown. */
  tenantOf(token: string): TenantRow | undefined {
    const dot = token.indexOf('.');
    const line = this.#lines.get(token.slice(0, Math.max(dot, 0)));
    const given = hash(utf8(token));
    const isSame = timingSafeEqual(given, line?.hash ?? NOBODY);
    return isSame ? line?.tenant : undefined;
  }
}

/** @throws TokenFileError */
export function readTokens(json: string): TokenTable {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new TokenFileError('not a valid token file: it is not JSON');
  }
  const decoded = TokenFile.decode(parsed);
  if (E.isRight(decoded)) return new TokenTable(decoded.right.tenants);
  const { path, reason } = codecErrorOf(decoded.left);
  throw new TokenFileError(`not a valid token file: ${reason} at ${path}`);
}

export function writeTokens(tenants: readonly TenantRow[]): string {
  return `${JSON.stringify({ format: TOKENS_FORMAT, tenants }, null, 2)}\n`;
}

/** A new token, and its line. The token is shown once. */
export function makeToken(): { readonly token: string; readonly line: TenantRow['tokens'][number] } {
  const id = randomBytes(ID_BYTES).toString('base64url');
  const token = `${id}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { token, line: { id, hash: toHex(hash(utf8(token))) } };
}
