// One function through five ABIs, as c/abi.c has it: direct values, a struct in static and in dynamic memory, MessagePack and CBOR.

@unmanaged
class Request {
  key: u64;
  size: u32;
  score: u64;
}

const REQUESTS_MAX: u32 = 256;
const REQUEST_BYTES: usize = offsetof<Request>();

const requests: usize = memory.data(24 * 256, 8);

export function __hc__allocate_1(bytes: u32): usize {
  return heap.alloc(bytes);
}

export function __hc__deallocate_1(at: usize, _bytes: u32): void {
  heap.free(at);
}

@inline
function scoreOf(key: u64, size: u32): u64 {
  const mixed = (key ^ (key >> 33)) * 0xff51afd7ed558ccd;
  return (mixed ^ (mixed >> 33)) + u64(size);
}

export function pair(key: u64, size: u32): u64 {
  return scoreOf(key, size);
}

export function requests_at(): usize {
  return requests;
}

function judge(all: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const one = changetype<Request>(all + i * REQUEST_BYTES);
    one.score = scoreOf(one.key, one.size);
  }
}

export function struct_static(count: u32): void {
  if (count > REQUESTS_MAX) unreachable();
  judge(requests, count);
}

export function struct_dynamic(all: usize, count: u32): void {
  judge(all, count);
}

// Bytes on the wire, big-endian. What is malformed traps.

let at: usize = 0;
let end: usize = 0;

function readByte(): u32 {
  if (at == end) unreachable();
  return load<u8>(at++);
}

function readBigEndian(bytes: u32): u64 {
  let value: u64 = 0;
  for (; bytes > 0; bytes--) value = (value << 8) | u64(readByte());
  return value;
}

/** A field's name: "key" or "size". */
function readIsKey(length: u32): bool {
  if (length == 3) {
    if (readByte() != 0x6b || readByte() != 0x65 || readByte() != 0x79) unreachable();
    return true;
  }
  if (length != 4 || readByte() != 0x73 || readByte() != 0x69 || readByte() != 0x7a || readByte() != 0x65) unreachable();
  return false;
}

function writeBigEndian(to: usize, value: u64, bytes: u32): usize {
  while (bytes > 0) store<u8>(to++, value >> (8 * --bytes));
  return to;
}

/** The output of these scores, whose buffer the first request's was; frees the input. */
function written(input: usize, scores: usize, count: u32, few: u32, short: u32, many: u32, number: u32): u64 {
  heap.free(input);
  const output = heap.alloc(3 + 9 * count);
  let to = output;
  if (count < few) store<u8>(to++, short | count);
  else {
    store<u8>(to++, many);
    to = writeBigEndian(to, count, 2);
  }
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(to++, number);
    to = writeBigEndian(to, load<u64>(scores + i * 8), 8);
  }
  return (u64(output) << 32) | u64(to - output);
}

const scores: usize = memory.data(8 * 256, 8);

function readMessagePackUnsigned(): u64 {
  const head = readByte();
  if (head < 0x80) return head;
  if (head < 0xcc || head > 0xcf) unreachable();
  return readBigEndian(1 << (head - 0xcc));
}

function readMessagePackArray(): u32 {
  const head = readByte();
  if ((head & 0xf0) == 0x90) return head & 0x0f;
  if (head != 0xdc) unreachable();
  return u32(readBigEndian(2));
}

export function message_pack(input: usize, length: u32): u64 {
  at = input;
  end = input + length;
  const count = readMessagePackArray();
  if (count > REQUESTS_MAX) unreachable();
  for (let i: u32 = 0; i < count; i++) {
    let key: u64 = 0;
    let size: u32 = 0;
    if (readByte() != 0x82) unreachable();
    for (let field = 0; field < 2; field++) {
      if (readIsKey(readByte() - 0xa0)) key = readMessagePackUnsigned();
      else size = u32(readMessagePackUnsigned());
    }
    store<u64>(scores + i * 8, scoreOf(key, size));
  }
  return written(input, scores, count, 16, 0x90, 0xdc, 0xcf);
}

const UNSIGNED: u32 = 0;
const TEXT: u32 = 3;
const ARRAY: u32 = 4;
const MAP: u32 = 5;

function readCborHead(major: u32): u64 {
  const head = readByte();
  if (head >> 5 != major) unreachable();
  const extra = head & 0x1f;
  if (extra < 24) return extra;
  if (extra > 27) unreachable();
  return readBigEndian(1 << (extra - 24));
}

export function cbor(input: usize, length: u32): u64 {
  at = input;
  end = input + length;
  const count = u32(readCborHead(ARRAY));
  if (count > REQUESTS_MAX) unreachable();
  for (let i: u32 = 0; i < count; i++) {
    let key: u64 = 0;
    let size: u32 = 0;
    if (readCborHead(MAP) != 2) unreachable();
    for (let field = 0; field < 2; field++) {
      if (readIsKey(u32(readCborHead(TEXT)))) key = readCborHead(UNSIGNED);
      else size = u32(readCborHead(UNSIGNED));
    }
    store<u64>(scores + i * 8, scoreOf(key, size));
  }
  return written(input, scores, count, 24, 0x80, 0x99, 0x1b);
}
