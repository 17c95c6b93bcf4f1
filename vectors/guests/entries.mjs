// Writes the entries of entries/: for each a .msgpack (the bytes of the entry itself) and, where JSON can say it, a
// readable .json; and entries.json, which says for each which guest judges it and what the verdict must be.
//
//   node vectors/guests/entries.mjs            write them
//   node vectors/guests/entries.mjs --check    compare with what is there, exit status 1 when any differs
//
// In the .json, {"$bin":"hex"} is a binary, {"$int":"decimal"} an integer of any size, {"$float":"0x..."} a float by its bits
// (a whole number without it is an integer, any other number a float). Everything here is computed from constants, so
// the files are the same on every run; the expected verdicts are written by hand.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'entries');

// ---- MessagePack of the JSON form, every head as short as it can be ----

function head(short, shortMax, tag8, tag16, tag32, length) {
  if (length <= shortMax) return Buffer.from([short | length]);
  if (tag8 !== null && length < 2 ** 8) return Buffer.from([tag8, length]);
  if (length < 2 ** 16) return Buffer.from([tag16, length >> 8, length & 0xff]);
  const bytes = Buffer.from([tag32, 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function encodeBinary(bytes) {
  return Buffer.concat([head(0, -1, 0xc4, 0xc5, 0xc6, bytes.length), bytes]);
}

function encodeText(bytes) {
  return Buffer.concat([head(0xa0, 31, 0xd9, 0xda, 0xdb, bytes.length), bytes]);
}

function encodeInteger(value) {
  if (value >= -32n && value < 128n) return Buffer.from([Number(value) & 0xff]);
  const unsigned = value >= 0n;
  for (const [index, bits] of [8n, 16n, 32n, 64n].entries()) {
    const fits = unsigned ? value < 1n << bits : value >= -(1n << (bits - 1n));
    if (!fits) continue;
    const digits = BigInt.asUintN(Number(bits), value).toString(16).padStart(Number(bits) / 4, '0');
    return Buffer.concat([Buffer.from([(unsigned ? 0xcc : 0xd0) + index]), Buffer.from(digits, 'hex')]);
  }
  throw new RangeError(`${value} is not a 64-bit integer`);
}

function encodeFloat(bits) {
  return Buffer.from(`cb${bits.slice(2)}`, 'hex');
}

function floatBits(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return `0x${bytes.toString('hex')}`;
}

function encode(value) {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === 'string') return encodeText(Buffer.from(value));
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? encodeInteger(BigInt(value)) : encodeFloat(floatBits(value));
  }
  if (Array.isArray(value)) {
    return Buffer.concat([head(0x90, 15, null, 0xdc, 0xdd, value.length), ...value.map(encode)]);
  }
  if ('$bin' in value) return encodeBinary(Buffer.from(value.$bin, 'hex'));
  if ('$int' in value) return encodeInteger(BigInt(value.$int));
  if ('$float' in value) return encodeFloat(value.$float);
  return encodeMap(Object.entries(value).map(([name, field]) => [encode(name), encode(field)]));
}

function encodeMap(pairs) {
  return Buffer.concat([head(0x80, 15, null, 0xde, 0xdf, pairs.length), ...pairs.flat()]);
}

// ---- what entries are made of ----

const bin = (hex) => ({ $bin: hex });
const int = (decimal) => ({ $int: String(decimal) });
const f64 = (number) => ({ $float: floatBits(number) });

// A hash of Holochain's shape: 3 bytes of prefix, 32 of core, 4 of location (here not computed, but always the same).
const hash = (prefix, core) => bin(`${prefix}${core}00010203`);
const core = (name) => createHash('sha256').update(name).digest('hex');
const agent = (name) => hash('842024', core(name));
const action = (name) => hash('842924', core(name));
const unknownAction = hash('842924', '00'.repeat(32));
const signature = bin(core('one half') + core('other half'));

const valid = { verdict: 'Valid' };
const invalid = (reason) => ({ verdict: 'Invalid', reason });
const unresolved = (...hashes) => ({ verdict: 'UnresolvedDependencies', hashes: hashes.map((one) => one.$bin) });
const undecodable = { verdict: 'none', error: 'Deserialize' };

// An entry that JSON cannot say is given by its bytes.
const bytes = (buffer) => ({ bytes: buffer });

// ---- posts ----

function lengthAndText(text) {
  const content = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}

// The hash that post/assembly/content-hash.ts documents at contentHash.
function postHash(post) {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(post.tags.length);
  const timestamp = Buffer.alloc(8);
  timestamp.writeBigInt64LE(BigInt(post.timestamp.$int));
  const parent = post.parent === null ? '00' : `01${post.parent.$bin}`;
  const parts = [
    Buffer.from(post.author.$bin, 'hex'),
    lengthAndText(post.title),
    lengthAndText(post.body),
    count,
    ...post.tags.map(lengthAndText),
    timestamp,
    Buffer.from(parent, 'hex'),
  ];
  return bin(createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
}

const plainPost = {
  author: agent('alice'),
  title: 'On the same answer everywhere',
  body: 'Two machines that validate one entry must not differ in one bit.',
  tags: ['determinism', 'wasm'],
  timestamp: int(1700000000000000),
  signature,
  parent: null,
};

// A post with a right content hash over the changed fields; one whose fields have other types is `brokenPost`.
function post(changes) {
  const changed = { ...plainPost, ...changes };
  return { ...changed, content_hash: postHash(changed) };
}

function brokenPost(changes) {
  return { ...post({}), ...changes };
}

function without(entry, field) {
  const { [field]: _, ...rest } = entry;
  return rest;
}

// The plain post with one field's bytes put in by hand.
function postWithBytes(field, raw) {
  const pairs = Object.entries(post({})).map(([name, value]) => [encode(name), name === field ? raw : encode(value)]);
  return bytes(encodeMap(pairs));
}

const plainPostBytes = encode(post({}));
const textOfBytes = (hex) => encodeText(Buffer.from(hex, 'hex'));
const notUtf8 = (field) => invalid(`${field}: not valid UTF-8`);

const posts = {
  'valid-plain': [post({}), valid],
  'valid-minimal': [post({ title: 'a', body: '', tags: [] }), valid],
  'valid-title-120-characters': [post({ title: 'é'.repeat(119) + '😀' }), valid],
  'valid-body-10000-bytes': [post({ body: 'abcdefghij'.repeat(1000) }), valid],
  'valid-body-utf8-of-every-length': [post({ body: 'a \u0080 \u07ff \u0800 \ud7ff \ue000 \uffff \u{10000} \u{10ffff}' }), valid],
  'valid-8-tags': [post({ tags: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'] }), valid],
  'valid-first-microsecond': [post({ timestamp: int(1577836800000000) }), valid],
  'valid-last-microsecond': [post({ timestamp: int(4102444799999999) }), valid],
  'valid-with-parent': [post({ parent: action('an earlier post') }), valid],
  'valid-fields-in-another-order': [Object.fromEntries(Object.entries(post({})).reverse()), valid],
  'unresolved-parent': [post({ parent: unknownAction }), unresolved(unknownAction)],
  'invalid-and-unresolved-parent': [
    brokenPost({ parent: unknownAction }),
    invalid('content_hash: does not match the content'),
  ],
  'invalid-author-missing': [without(post({}), 'author'), invalid('author: missing')],
  'invalid-author-38-bytes': [
    post({ author: bin(agent('alice').$bin.slice(0, 76)) }),
    invalid('author: expected 39 bytes, got 38'),
  ],
  'invalid-author-not-an-agent': [post({ author: action('alice') }), invalid("author: not an agent's key")],
  'invalid-author-text': [brokenPost({ author: 'alice' }), invalid('author: expected bin, got str')],
  'invalid-title-empty': [post({ title: '' }), invalid('title: expected 1 to 120 characters, got 0')],
  'invalid-title-121-characters': [
    post({ title: 'é'.repeat(121) }),
    invalid('title: expected 1 to 120 characters, got 121'),
  ],
  'invalid-title-nil': [brokenPost({ title: null }), invalid('title: expected str, got nil')],
  'invalid-title-overlong-utf8': [postWithBytes('title', textOfBytes('61c0af')), notUtf8('title')],
  'invalid-body-10001-bytes': [
    post({ body: `${'abcdefghij'.repeat(1000)}k` }),
    invalid('body: expected at most 10000 bytes, got 10001'),
  ],
  'invalid-body-surrogate-utf8': [postWithBytes('body', textOfBytes('eda080')), notUtf8('body')],
  'invalid-body-cut-utf8': [postWithBytes('body', textOfBytes('f09f98')), notUtf8('body')],
  'invalid-body-above-unicode': [postWithBytes('body', textOfBytes('f4908080')), notUtf8('body')],
  'invalid-body-binary': [brokenPost({ body: bin('68656c6c6f') }), invalid('body: expected str, got bin')],
  'invalid-9-tags': [post({ tags: 'abcdefghi'.split('') }), invalid('tags: expected at most 8 tags, got 9')],
  'invalid-tag-empty': [post({ tags: ['one', ''] }), invalid('tags: tag 1: expected 1 to 40 characters, got 0')],
  'invalid-tag-number': [brokenPost({ tags: ['one', 'two', 3] }), invalid('tags: tag 2: expected str, got int')],
  'invalid-tags-map': [brokenPost({ tags: { one: true } }), invalid('tags: expected array, got map')],
  'invalid-timestamp-2019': [post({ timestamp: int(1577836799999999) }), invalid('timestamp: before 2020')],
  'invalid-timestamp-2100': [post({ timestamp: int(4102444800000000) }), invalid('timestamp: after 2099')],
  'invalid-timestamp-negative': [post({ timestamp: int(-1) }), invalid('timestamp: before 2020')],
  'invalid-timestamp-least': [post({ timestamp: int(-(2n ** 63n)) }), invalid('timestamp: before 2020')],
  'invalid-timestamp-above-signed': [
    brokenPost({ timestamp: int(2n ** 64n - 1n) }),
    invalid('timestamp: after 2099'),
  ],
  'invalid-timestamp-float': [
    brokenPost({ timestamp: f64(1700000000000000) }),
    invalid('timestamp: expected int, got float'),
  ],
  'invalid-signature-missing': [without(post({}), 'signature'), invalid('signature: missing')],
  'invalid-signature-63-bytes': [
    post({ signature: bin(signature.$bin.slice(0, 126)) }),
    invalid('signature: expected 64 bytes, got 63'),
  ],
  'invalid-parent-an-agent': [post({ parent: agent('alice') }), invalid("parent: not an action's hash")],
  'invalid-parent-false': [brokenPost({ parent: false }), invalid('parent: expected bin, got bool')],
  'invalid-content-hash-of-other-title': [
    brokenPost({ title: 'On another answer everywhere' }),
    invalid('content_hash: does not match the content'),
  ],
  'invalid-content-hash-31-bytes': [
    brokenPost({ content_hash: bin('00'.repeat(31)) }),
    invalid('content_hash: expected 32 bytes, got 31'),
  ],
  'invalid-unknown-field': [brokenPost({ colour: 'red' }), invalid('colour: unknown field')],
  'invalid-field-twice': [
    bytes(encodeMap([...Object.entries(post({})), ['title', 'again']].map((pair) => pair.map(encode)))),
    invalid('title: given twice'),
  ],
  'invalid-field-name-a-number': [
    bytes(encodeMap([[encode(1), encode('one')]])),
    invalid('expected a field name, got int'),
  ],
  'invalid-not-a-map': [['a', 'list'], invalid('expected a map, got array')],
  'invalid-empty-map': [{}, invalid('author: missing')],
  'invalid-nested-1000-deep': [bytes(Buffer.from(`${'91'.repeat(1000)}c0`, 'hex')), invalid('expected a map, got array')],
  'malformed-empty': [bytes(Buffer.alloc(0)), undecodable],
  'malformed-cut-off': [bytes(plainPostBytes.subarray(0, plainPostBytes.length - 1)), undecodable],
  'malformed-trailing-byte': [bytes(Buffer.concat([plainPostBytes, Buffer.from([0xc0])])), undecodable],
  'malformed-never-used-byte': [postWithBytes('parent', Buffer.from([0xc1])), undecodable],
  'malformed-array-of-4-billion': [bytes(Buffer.from('ddffffffffc0c0c0', 'hex')), undecodable],
};

// ---- ledger records ----

const plainTransfer = {
  kind: 'transfer',
  from: agent('alice'),
  to: agent('bob'),
  amount: int(25000000),
  fee: int(62500),
  balance: int(100000000),
  balance_after: int(74937500),
  timestamp: int(1700000000000000),
  previous: null,
  conditions: null,
};

// 12,000 at 6 % over 24 months: 531.85 a month.
const plainLoan = {
  ...plainTransfer,
  kind: 'loan',
  amount: int(12000000000),
  fee: int(30000000),
  balance: int(50000000000),
  balance_after: int(37970000000),
  rate: f64(0.06),
  months: 24,
  payment: int(531847323),
};

const transfer = (changes) => ({ ...plainTransfer, ...changes });
const loan = (changes) => ({ ...plainLoan, ...changes });
const conditions = (...condition) => transfer({ conditions: condition });

// A condition inside `depth` times "not".
const nots = (depth, condition) => (depth === 0 ? condition : ['not', nots(depth - 1, condition)]);

const notHolding = invalid('conditions: do not hold');

const records = {
  'valid-transfer': [transfer({}), valid],
  'valid-transfer-with-previous': [transfer({ previous: action('an earlier record') }), valid],
  'valid-transfer-of-the-most': [
    transfer({
      amount: int(10n ** 15n),
      fee: int(25n * 10n ** 11n),
      balance: int(2n ** 63n - 1n),
      balance_after: int(2n ** 63n - 1n - 10n ** 15n - 25n * 10n ** 11n),
    }),
    valid,
  ],
  'valid-loan': [loan({}), valid],
  'valid-loan-without-interest': [loan({ rate: f64(0), payment: int(500000000) }), valid],
  'valid-loan-without-interest-minus-zero': [loan({ rate: f64(-0), payment: int(500000000) }), valid],
  'valid-loan-of-one-month': [loan({ months: 1, payment: int(12060000000) }), valid],
  'valid-conditions': [
    conditions('all', ['after', int(1600000000000000)], ['any', ['at-most', 1], ['not', ['at-most', 2]]]),
    valid,
  ],
  'valid-conditions-spread': [conditions('spread', f64(1.5), f64(1), f64(0.2)), valid],
  'valid-conditions-spread-nan-negated': [conditions('not', ['spread', 0, 0, 1]), valid],
  'valid-conditions-31-deep': [transfer({ conditions: nots(30, ['at-most', int(25000000)]) }), valid],
  'unresolved-previous': [transfer({ previous: unknownAction }), unresolved(unknownAction)],
  'invalid-conditions-spread-nan': [conditions('spread', 0, 0, 1), notHolding],
  'invalid-conditions-spread-infinite': [conditions('spread', f64(Infinity), f64(Infinity), 1), notHolding],
  'invalid-conditions': [conditions('all', ['at-most', int(24999999)], ['any']), notHolding],
  'invalid-conditions-unknown': [conditions('any', ['all'], ['unless', 1]), invalid('conditions: not a condition')],
  'invalid-conditions-nested-too-deeply': [
    transfer({ conditions: nots(32, ['all']) }),
    invalid('conditions: nested too deeply'),
  ],
  'invalid-kind': [transfer({ kind: 'gift' }), invalid('kind: expected transfer or loan')],
  'invalid-to-oneself': [transfer({ to: agent('alice') }), invalid('to: the same as from')],
  'invalid-to-20-bytes': [transfer({ to: bin('00'.repeat(20)) }), invalid('to: expected 39 bytes')],
  'invalid-amount-zero': [transfer({ amount: 0 }), invalid('amount: out of range')],
  'invalid-amount-float': [transfer({ amount: 2.5 }), invalid('amount: expected int, got float')],
  'invalid-fee': [transfer({ fee: int(62499) }), invalid('fee: expected 62500, got 62499')],
  'invalid-balance-after': [
    transfer({ balance_after: int(75000000) }),
    invalid('balance_after: expected 74937500, got 75000000'),
  ],
  'invalid-balance-overflow': [transfer({ balance: int(-(2n ** 63n)) }), invalid('balance: out of range')],
  'invalid-balance-below-zero': [
    transfer({ balance: int(25000000), balance_after: int(-62500) }),
    invalid('balance_after: below zero'),
  ],
  'invalid-transfer-with-rate': [transfer({ rate: f64(0.06) }), invalid('rate: only in a loan')],
  'invalid-loan-without-months': [without(loan({}), 'months'), invalid('months: missing')],
  'invalid-loan-payment': [
    loan({ payment: int(531847324) }),
    invalid('payment: expected 531847323, got 531847324'),
  ],
  'invalid-loan-rate-nan': [loan({ rate: { $float: '0x7ff4000000000001' } }), invalid('rate: gives no payment')],
  'invalid-loan-rate-infinite': [loan({ rate: f64(Infinity) }), invalid('rate: out of range')],
  'invalid-loan-rate-negative': [loan({ rate: f64(-0.01) }), invalid('rate: out of range')],
  'invalid-loan-rate-an-integer': [loan({ rate: 0 }), invalid('rate: expected float, got int')],
  'invalid-loan-months': [loan({ months: 601 }), invalid('months: out of range')],
  'invalid-unknown-field': [transfer({ colour: 'red' }), invalid('colour: unknown field')],
  'malformed-cut-off': [bytes(encode(plainTransfer).subarray(0, 100)), undecodable],
  'malformed-nested-65-deep': [bytes(Buffer.from(`${'91'.repeat(65)}c0`, 'hex')), undecodable],
};

// ---- files ----

function* filesOf(guest, wasm, entries, index) {
  for (const [title, [entry, expected]] of Object.entries(entries)) {
    const name = `${guest}-${title}`;
    const said = !('bytes' in entry);
    yield [`${name}.msgpack`, said ? encode(entry) : entry.bytes];
    if (said) yield [`${name}.json`, Buffer.from(`${JSON.stringify(entry, null, 2)}\n`)];
    index.push({ name, guest, wasm, msgpack: `${name}.msgpack`, json: said ? `${name}.json` : null, expected });
  }
}

function allFiles() {
  const index = [];
  const files = new Map([
    ...filesOf('post', 'post/post.wasm', posts, index),
    ...filesOf('ledger', 'ledger/ledger.wasm', records, index),
  ]);
  const rows = index.map((row) => `  ${JSON.stringify(row)}`).join(',\n');
  return files.set('entries.json', Buffer.from(`[\n${rows}\n]\n`));
}

function check(files) {
  const there = readdirSync(folder);
  const faults = there.filter((name) => !files.has(name)).map((name) => `${name} is not written by this script`);
  for (const [name, content] of files) {
    if (!there.includes(name)) faults.push(`${name} is missing`);
    else if (!content.equals(readFileSync(join(folder, name)))) faults.push(`${name} differs`);
  }
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

const files = allFiles();
if (process.argv.includes('--check')) {
  check(files);
} else {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  console.log(`wrote ${files.size} files`);
}
