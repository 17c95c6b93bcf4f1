/**
 * Traces in files. Two public formats, both of libCacheSim (github.com/1a1a11a/libCacheSim; its `data` folder has
 * samples of each):
 *
 * - oracleGeneral: records of 24 bytes, little-endian: u32 seconds, u64 object, u32 bytes, i64 number of the object's
 *   next request.
 * - csv: one line each, `time, object, size` and more columns that are ignored; `price` if the header names it. Objects
 *   that are not numbers get one by their first occurrence.
 *
 * Requests of zero bytes are omitted, as in libCacheSim.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { loadPrice, type Trace, traceOf } from './trace.js';

export const ORACLE_GENERAL_BYTES = 24;
const ID_MAX = 2n ** 64n;

/** What is wrong with a file, and where. */
export class TraceFault extends Error {}

/** @param most maximum number of requests @throws TraceFault */
export function readTrace(path: string, most: number): Trace {
  return extname(path) === '.csv' ? readCsv(path, most) : readOracleGeneral(path, most);
}

function readOracleGeneral(path: string, most: number): Trace {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(most, 50_000_000) * ORACLE_GENERAL_BYTES);
    const length = readSync(file, bytes);
    if (length === 0 || length % ORACLE_GENERAL_BYTES !== 0) {
      const what = `${length} bytes are no records of ${ORACLE_GENERAL_BYTES} bytes`;
      throw new TraceFault(`${path} is no oracleGeneral trace: ${what} (a .zst must be unpacked first)`);
    }
    const requests = [];
    for (let at = 0; at < length; at += ORACLE_GENERAL_BYTES) {
      const size = bytes.readUInt32LE(at + 12);
      if (size > 0) requests.push({ id: bytes.readBigUInt64LE(at + 4), size, price: loadPrice(size) });
    }
    return traceOf(basename(path), 'oracleGeneral', requests);
  } finally {
    closeSync(file);
  }
}

function readCsv(path: string, most: number): Trace {
  const requests = [];
  const named = new Map<string, bigint>();
  let columns = { object: 1, size: 2, price: -1 };
  let number = 0;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    number += 1;
    const cells = line
      .replace(/^#/, '')
      .split(',')
      .map((cell) => cell.trim());
    if (line.trim() === '') continue;
    if (number === 1 && !isCount(cells[columns.size])) {
      columns = columnsOf(path, cells);
      continue;
    }
    const object = cells[columns.object] ?? '';
    const size = Number(cells[columns.size]);
    if (object === '' || !isCount(cells[columns.size]) || size > 0xffff_ffff) {
      throw new TraceFault(`${path}, line ${number}: expected time, object, size, got '${line.slice(0, 80)}'`);
    }
    if (size === 0) continue;
    const price = columns.price < 0 ? loadPrice(size) : Number(cells[columns.price]);
    if (!Number.isFinite(price)) throw new TraceFault(`${path}, line ${number}: the price is no number`);
    requests.push({ id: idOf(object, named), size, price });
    if (requests.length === most) break;
  }
  if (requests.length === 0) throw new TraceFault(`${path} has no requests`);
  return traceOf(basename(path), 'csv', requests);
}

function columnsOf(path: string, names: readonly string[]) {
  const find = (...accepted: string[]) => names.findIndex((name) => accepted.includes(name.toLowerCase()));
  const columns = {
    object: find('object', 'obj_id', 'id', 'lbn'),
    size: find('size', 'obj_size'),
    price: find('price'),
  };
  if (columns.object >= 0 && columns.size >= 0) return columns;
  throw new TraceFault(`${path}: the header names no object and size: ${names.join(', ').slice(0, 80)}`);
}

function isCount(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}

function idOf(text: string, named: Map<string, bigint>): bigint {
  if (isCount(text)) {
    const id = BigInt(text);
    if (id < ID_MAX) return id;
  }
  let id = named.get(text);
  if (id === undefined) {
    id = BigInt(named.size + 1);
    named.set(text, id);
  }
  return id;
}

/** The trace as oracleGeneral: times are the requests' numbers, prices are lost. */
export function oracleGeneral({ ids, sizes }: Trace): Uint8Array {
  const bytes = Buffer.alloc(ids.length * ORACLE_GENERAL_BYTES);
  const next = new Map<bigint, number>();
  for (let i = ids.length - 1; i >= 0; i--) {
    const at = i * ORACLE_GENERAL_BYTES;
    // All in one day, because libCacheSim lets objects expire.
    bytes.writeUInt32LE(Math.floor((i * 86_400) / ids.length), at);
    bytes.writeBigUInt64LE(ids[i], at + 4);
    bytes.writeUInt32LE(sizes[i], at + 12);
    bytes.writeBigInt64LE(BigInt(next.get(ids[i]) ?? -1), at + 16);
    next.set(ids[i], i);
  }
  return bytes;
}
