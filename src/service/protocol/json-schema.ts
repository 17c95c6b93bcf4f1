/**
 * Converts an io-ts type to JSON Schema. Types in a table of names become references to `components`.
 *
 * Invariant: every form of type in use is handled; an unknown one is a bug of the service, and thrown.
 */
import type * as t from 'io-ts';
import { ByKeyType, type JsonSchema, ListType, RecordType, SchemaType } from './schema-types.js';

/** io-ts types whose parts can be read, by their tag. */
type Walkable =
  | t.StringType
  | t.BooleanType
  | t.NullType
  | t.LiteralType<string | number | boolean>
  | t.KeyofType<Record<string, unknown>>
  | t.UnionType<t.Mixed[]>
  | t.ReadonlyArrayType<t.Mixed>
  | t.ArrayType<t.Mixed>;

export class JsonSchemas {
  readonly #names: ReadonlyMap<t.Mixed, string>;

  /** @param named types that have a name in the document */
  constructor(named: Readonly<Record<string, t.Mixed>>) {
    this.#names = new Map(Object.entries(named).map(([name, type]) => [type, name]));
  }

  /** The schema, or a reference to it. */
  of(type: t.Mixed): JsonSchema {
    const name = this.#names.get(type);
    return name === undefined ? this.walk(type) : { $ref: `#/components/schemas/${name}` };
  }

  /** The schema itself. */
  walk(type: t.Mixed): JsonSchema {
    if (type instanceof SchemaType) return type.schema;
    if (type instanceof ListType) return this.#list(type as ListType<t.Mixed>);
    if (type instanceof RecordType)
      return this.#record(type as RecordType<Record<string, t.Mixed>, Record<string, t.Mixed>>);
    if (type instanceof ByKeyType) {
      return {
        oneOf: Object.values(type.choices as Readonly<Record<string, t.Mixed>>).map((choice) => this.of(choice)),
      };
    }
    return this.#ofIoTs(type as unknown as Walkable);
  }

  #list({ item, min, max }: ListType<t.Mixed>): JsonSchema {
    return { type: 'array', items: this.of(item), maxItems: max, ...(min > 0 ? { minItems: min } : {}) };
  }

  #record({ required, optional }: RecordType<Record<string, t.Mixed>, Record<string, t.Mixed>>): JsonSchema {
    const rows = Object.entries({ ...required, ...optional });
    return {
      type: 'object',
      properties: Object.fromEntries(rows.map(([key, type]) => [key, this.of(type)])),
      required: Object.keys(required),
      additionalProperties: false,
    };
  }

  #ofIoTs(type: Walkable): JsonSchema {
    switch (type._tag) {
      case 'StringType':
        return { type: 'string' };
      case 'BooleanType':
        return { type: 'boolean' };
      case 'NullType':
        return { type: 'null' };
      case 'LiteralType':
        return { const: type.value };
      case 'KeyofType':
        return { enum: Object.keys(type.keys) };
      case 'UnionType':
        return { anyOf: type.types.map((one) => this.of(one)) };
      case 'ArrayType':
      case 'ReadonlyArrayType':
        return { type: 'array', items: this.of(type.type) };
      default:
        throw new Error(`the type ${(type as t.Mixed).name} has no schema`);
    }
  }
}
