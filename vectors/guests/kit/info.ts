// What a zome can ask about its surroundings.
// Source: holochain_integrity_types `info.rs`, `zome_io.rs`.

import { Hash } from './hash';
import { Span } from './span';
import { StructFields, Wire } from './wire';

@final
export class DnaInfo {
  name: string = '';
  hash: Hash = Hash.none();
  networkSeed: string = '';
  /** MessagePack of the DNA's properties */
  properties: Span = new Span(0, 0);
  zomeNames: string[] = [];
}

/** The types of one zome in scope: its index among the integrity zomes and how many types it has. */
@final
export class ScopedTypes {
  constructor(
    public zomeIndex: u32,
    public count: u32,
  ) {}
}

@final
export class ZomeInfo {
  name: string = '';
  id: u32 = 0;
  /** MessagePack of the zome's properties */
  properties: Span = new Span(0, 0);
  /** MessagePack of the entry definitions in scope */
  entryDefs: Span = new Span(0, 0);
  externFns: string[] = [];
  /** Of the zomes in scope, the zome itself first. */
  entryTypes: ScopedTypes[] = [];
  linkTypes: ScopedTypes[] = [];
}

const DNA_INFO: StaticArray<string> = ['name', 'hash', 'modifiers', 'zome_names'];
const MODIFIERS: StaticArray<string> = ['network_seed', 'properties'];
const ZOME_INFO: StaticArray<string> = ['name', 'id', 'properties', 'entry_defs', 'extern_fns', 'zome_types'];
const ZOME_TYPES: StaticArray<string> = ['entries', 'links'];

export function readDnaInfo(wire: Wire): DnaInfo {
  const info = new DnaInfo();
  const fields = new StructFields(wire, DNA_INFO);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) info.name = wire.text().toString();
    else if (field == 1) info.hash = wire.dna();
    else if (field == 2) readModifiers(wire, info);
    else info.zomeNames = readTexts(wire);
  }
  return info;
}

function readModifiers(wire: Wire, info: DnaInfo): void {
  const fields = new StructFields(wire, MODIFIERS);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) info.networkSeed = wire.text().toString();
    else info.properties = wire.bytes();
  }
}

export function readZomeInfo(wire: Wire): ZomeInfo {
  const info = new ZomeInfo();
  const fields = new StructFields(wire, ZOME_INFO);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) info.name = wire.text().toString();
    else if (field == 1) info.id = wire.unsigned(0xff);
    else if (field == 2) info.properties = wire.bytes();
    else if (field == 3) info.entryDefs = wire.value();
    else if (field == 4) info.externFns = readTexts(wire);
    else readZomeTypes(wire, info);
  }
  return info;
}

function readZomeTypes(wire: Wire, info: ZomeInfo): void {
  const fields = new StructFields(wire, ZOME_TYPES);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) info.entryTypes = readScoped(wire);
    else info.linkTypes = readScoped(wire);
  }
}

function readScoped(wire: Wire): ScopedTypes[] {
  const scoped: ScopedTypes[] = [];
  for (let left = wire.list(); left > 0; left--) {
    wire.tuple(2);
    const zomeIndex = wire.unsigned(0xff);
    const count = wire.list();
    for (let i: u32 = 0; i < count; i++) wire.unsigned(0xff);
    scoped.push(new ScopedTypes(zomeIndex, count));
  }
  return scoped;
}

function readTexts(wire: Wire): string[] {
  const texts: string[] = [];
  for (let left = wire.list(); left > 0; left--) texts.push(wire.text().toString());
  return texts;
}
