// The committed guests on the host's own WebAssembly: the second oracle for every result and verdict in the vectors,
// and the proof that the guests themselves keep the byte ABI for any input bytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decode, encode } from '@msgpack/msgpack';
import { expect } from 'chai';
import fc from 'fast-check';

const folder = new URL('../../../vectors/guests/', import.meta.url);

interface RawGuest {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly results: readonly string[];
  readonly benchArgs: readonly string[];
  readonly benchResults: readonly string[];
}

interface Call {
  readonly file: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly outcome: 'returned' | 'trapped' | 'exhausted';
  readonly results?: readonly string[];
  readonly code?: string;
  readonly rule?: 'nan' | 'limits';
}

type Expected =
  | { readonly verdict: 'Valid' }
  | { readonly verdict: 'Invalid'; readonly reason: string }
  | { readonly verdict: 'UnresolvedDependencies'; readonly hashes: readonly string[] }
  | { readonly verdict: 'none'; readonly error: string };

interface Entry {
  readonly name: string;
  readonly guest: 'post' | 'ledger';
  readonly wasm: string;
  readonly msgpack: string;
  readonly json: string | null;
  readonly expected: Expected;
}

function readBytes(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(path, folder)));
}

function readText(path: string): string {
  return readFileSync(new URL(path, folder), 'utf8');
}

const rawGuests: readonly RawGuest[] = JSON.parse(readText('raw/guests.json'));
const calls: readonly Call[] = JSON.parse(readText('wat/calls.json'));
const entries: readonly Entry[] = JSON.parse(readText('entries/entries.json'));

// ---- values as text ----

type Value = number | bigint;
type GuestFunction = (...args: Value[]) => Value;

function parseValue(text: string): Value {
  const [type, digits] = text.split(':') as [string, string];
  return type === 'i64' ? BigInt(digits) : Number(digits);
}

// The value in the form of the given example, whose first part names its type.
function formatValue(value: Value, example: string): string {
  const type = example.slice(0, 3);
  const view = new DataView(new ArrayBuffer(8));
  if (type === 'i64') view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)));
  else if (type === 'f64') view.setFloat64(0, Number(value));
  else if (type === 'f32') view.setFloat32(4, Number(value));
  else view.setInt32(4, Number(value));
  const bits = view.getBigUint64(0);
  return `${type}:0x${bits.toString(16).padStart(type.endsWith('64') ? 16 : 8, '0')}`;
}

function isNanBits(text: string): boolean {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(text.slice(4)));
  return Number.isNaN(text.startsWith('i64') ? view.getFloat64(0) : view.getFloat32(4));
}

function instantiate(path: string): WebAssembly.Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(readBytes(path)), {}).exports;
}

function callExport(path: string, name: string, args: readonly string[]): Value {
  return (instantiate(path)[name] as GuestFunction)(...args.map(parseValue));
}

// ---- the byte ABI ----

interface Zome {
  readonly memory: WebAssembly.Memory;
  readonly __hc__allocate_1: (bytes: number) => number;
  readonly __hc__deallocate_1: (at: number, bytes: number) => void;
  readonly validate: (at: number, bytes: number) => bigint;
}

const zomeModules = new Map(
  ['post', 'ledger'].map((name) => [name, new WebAssembly.Module(readBytes(`${name}/${name}.wasm`))]),
);

function newZome(guest: string): Zome {
  return new WebAssembly.Instance(zomeModules.get(guest)!, {}).exports as unknown as Zome;
}

// Passes the payload to `validate` and reads the returned bytes, with every allocation freed.
function validatePayload(zome: Zome, payload: Uint8Array): Uint8Array {
  const at = zome.__hc__allocate_1(payload.length);
  new Uint8Array(zome.memory.buffer, at, payload.length).set(payload);
  const packed = BigInt.asUintN(64, zome.validate(at, payload.length));
  const outputAt = Number(packed >> 32n);
  const outputBytes = Number(packed & 0xffff_ffffn);
  const output = new Uint8Array(zome.memory.buffer, outputAt, outputBytes).slice();
  zome.__hc__deallocate_1(outputAt, outputBytes);
  return output;
}

type CallbackResult = 'Valid' | { Invalid: string } | { UnresolvedDependencies: { Hashes: Uint8Array[] } };
type Output = { Ok: Uint8Array } | { Err: { file: string; line: number; error: { Deserialize: Uint8Array } } };

function verdictOf(output: Uint8Array): Expected {
  const result = decode(output) as Output;
  if ('Err' in result) return { verdict: 'none', error: Object.keys(result.Err.error).join() };
  const callback = decode(result.Ok) as CallbackResult;
  if (callback === 'Valid') return { verdict: 'Valid' };
  if ('Invalid' in callback) return { verdict: 'Invalid', reason: callback.Invalid };
  const hashes = callback.UnresolvedDependencies.Hashes.map((hash) => Buffer.from(hash).toString('hex'));
  return { verdict: 'UnresolvedDependencies', hashes };
}

function judge(zome: Zome, entry: Uint8Array): Expected {
  return verdictOf(validatePayload(zome, encode(entry)));
}

describe('guests', () => {
  describe('modules', () => {
    const zomeExports = ['__hc__allocate_1', '__hc__deallocate_1', 'memory', 'validate'];
    const exportsOf: Record<string, readonly string[]> = {
      'ledger/ledger.wasm': zomeExports,
      'linked/counter.wasm': ['count'],
      'linked/store.wasm': ['calls', 'memory', 'total'],
      'links/links.wasm': [
        ...zomeExports,
        '__num_entry_types',
        '__num_link_types',
        'entry_defs',
        'genesis_self_check_2',
      ].sort(),
      ...Object.fromEntries(
        ['fifo', 'gd-size', 'lfu', 'lru', 's3-fifo', 'sieve', 'w-tiny-lfu'].map((name) => [
          `policies/${name}.wasm`,
          ['buffer', 'capacity', 'held', 'memory', 'open', 'run'],
        ]),
      ),
      'post/post.wasm': zomeExports,
      'probe/probe.wasm': [...zomeExports, 'describe_answer', 'entry_defs', 'genesis_self_check_2'].sort(),
      'raw/byte-scanner.wasm': ['memory', 'scan'],
      'raw/fibonacci.wasm': ['fibonacci'],
      'raw/n-body.wasm': ['energy_after', 'memory'],
      'raw/pollard-rho.wasm': ['divisors', 'memory'],
      'raw/sha-256.wasm': ['digest_at', 'hash_rounds', 'memory'],
      'raw/sieve.wasm': ['memory', 'primes'],
      'wat/answer.wasm': ['answer'],
      'wat/divide.wasm': ['divide'],
      'wat/float.wasm': [...new Set(calls.filter(({ file }) => file === 'float.wasm').map((call) => call.export))]
        .concat('f32_identity', 'f64_identity')
        .sort(),
      'wat/function-indices.wasm': ['called', 'dropped', 'is_null'],
      'wat/grow.wasm': ['grow', 'grow_to', 'memory'],
      'wat/recurse.wasm': ['recurse'],
      'wat/spin.wasm': ['spin'],
    };

    const importsOf: Record<string, readonly string[]> = {
      'linked/counter.wasm': ['store.calls', 'store.memory', 'store.total'],
      'links/links.wasm': ['dna_info_2', 'must_get_valid_record_1', 'verify_signature_1'],
      'probe/probe.wasm': [
        'dna_info_2',
        'must_get_action_1',
        'must_get_agent_activity_1',
        'must_get_entry_1',
        'must_get_valid_record_1',
        'trace_1',
        'verify_signature_1',
        'zome_info_1',
      ],
    };

    it('are exactly those listed', () => {
      const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wasm'));
      // The guests of the ABIs have a separate spec, `abi.spec.ts`.
      const here = found.map((name) => name.replaceAll('\\', '/')).filter((name) => !name.startsWith('abi/'));
      expect(here.sort()).to.deep.equal(Object.keys(exportsOf));
    });

    for (const [path, names] of Object.entries(exportsOf)) {
      it(`${path} has the expected imports and exports`, () => {
        const module = new WebAssembly.Module(readBytes(path));
        expect(
          WebAssembly.Module.imports(module)
            .map((row) => `${row.module}.${row.name}`)
            .sort(),
        ).to.deep.equal((importsOf[path] ?? []).map((name) => (name.includes('.') ? name : `env.__hc__${name}`)));
        expect(
          WebAssembly.Module.exports(module)
            .map(({ name }) => name)
            .sort(),
        ).to.deep.equal(names);
      });
    }
  });

  describe('raw', () => {
    for (const guest of rawGuests) {
      it(`${guest.name} returns the recorded result`, () => {
        const result = callExport(`raw/${guest.file}`, guest.export, guest.args);
        expect([formatValue(result, guest.results[0]!)]).to.deep.equal(guest.results);
      });
    }

    it('fibonacci equals the sum of the two preceding values', () => {
      let [current, following] = [0, 1];
      for (let n = 0; n < 18; n++) {
        expect(callExport('raw/fibonacci.wasm', 'fibonacci', [`i32:${n}`])).to.equal(current);
        [current, following] = [following, current + following];
      }
    });

    it('pollard-rho finds divisors', () => {
      const divisor = callExport('raw/pollard-rho.wasm', 'divisors', ['i64:4294049777', 'i32:1']) as bigint;
      expect(divisor > 1n && divisor < 4294049777n && 4294049777n % divisor === 0n).to.equal(true);
    });

    it('sha-256 agrees with the host for every length of the last block', () => {
      const { hash_rounds, digest_at, memory } = instantiate('raw/sha-256.wasm');
      const hashRounds = hash_rounds as GuestFunction;
      const digestAt = Number((digest_at as GuestFunction)());
      const memoryBytes = new Uint8Array((memory as WebAssembly.Memory).buffer);
      for (let length = 32; length < 200; length++) {
        const bytes = Uint8Array.from({ length }, (_, i) => i * 31 + 7);
        const first = createHash('sha256').update(bytes).digest();
        bytes.set(first);
        const second = createHash('sha256').update(bytes).digest('hex');
        hashRounds(length, 2);
        expect(Buffer.from(memoryBytes.slice(digestAt, digestAt + 32)).toString('hex'), `length ${length}`).to.equal(
          second,
        );
      }
    });

    it('sieve finds the known numbers of primes', () => {
      for (const [limit, primes] of [
        [0, 0],
        [2, 0],
        [3, 1],
        [100, 25],
        [10_000, 1229],
        [1_000_000, 78_498],
      ]) {
        expect(callExport('raw/sieve.wasm', 'primes', [`i32:${limit}`, 'i32:1'])).to.equal(primes);
      }
    });

    it('n-body agrees with the published energies', () => {
      const energies = [0, 1000].map((steps) =>
        Number(callExport('raw/n-body.wasm', 'energy_after', [`i32:${steps}`])),
      );
      expect(energies.map((energy) => energy.toFixed(9))).to.deep.equal(['-0.169075164', '-0.169087605']);
    });
  });

  describe('wat', () => {
    const trapMessages: Record<string, RegExp> = {
      'integer-divide-by-zero': /divide by zero/,
      'integer-overflow': /divide result unrepresentable/,
    };
    // An endless loop cannot be stopped on the host, and growing to the host's own limit would take gigabytes.
    const runnable = calls.filter((call) => call.file !== 'spin.wasm' && call.rule !== 'limits');

    it('leaves two calls that need engines with limits', () => {
      expect(calls.length - runnable.length).to.equal(2);
    });

    for (const call of runnable) {
      it(`${call.export}(${call.args.join(', ')})`, () => {
        const run = (): Value => callExport(`wat/${call.file}`, call.export, call.args);
        if (call.outcome === 'trapped') {
          expect(run).to.throw(WebAssembly.RuntimeError, trapMessages[call.code!]!);
        } else if (call.outcome === 'exhausted') {
          expect(run).to.throw(RangeError);
        } else {
          const result = formatValue(run(), call.results![0]!);
          if (call.rule === 'nan') expect(isNanBits(result) && isNanBits(call.results![0]!), result).to.equal(true);
          else expect([result]).to.deep.equal(call.results);
        }
      });
    }
  });

  describe('entries', () => {
    for (const entry of entries) {
      it(`${entry.name}: ${entry.expected.verdict}`, () => {
        expect(judge(newZome(entry.guest), readBytes(`entries/${entry.msgpack}`))).to.deep.equal(entry.expected);
      });
    }

    it('are sufficient, and include every verdict for both zomes', () => {
      for (const [guest, least] of [
        ['post', 24],
        ['ledger', 10],
      ] as const) {
        const own = entries.filter((entry) => entry.guest === guest);
        expect(own.length).to.be.at.least(least);
        expect(new Set(own.map(({ expected }) => expected.verdict)).size).to.equal(4);
      }
    });

    it('match the output of their script', () => {
      const script = fileURLToPath(new URL('entries.mjs', folder));
      const run = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
      expect(run.stdout + run.stderr).to.equal('');
      expect(run.status).to.equal(0);
    });

    it('have the same content in JSON and in MessagePack', () => {
      for (const { json, msgpack } of entries) {
        if (json === null) continue;
        const said: unknown = JSON.parse(readText(`entries/${json}`));
        expect(plain(said), json).to.deep.equal(decode(readBytes(`entries/${msgpack}`), { useBigInt64: true }));
      }
    });
  });

  for (const guest of ['post', 'ledger'] as const) {
    const own = entries.filter((entry) => entry.guest === guest).map((entry) => readBytes(`entries/${entry.msgpack}`));

    describe(`${guest} zome`, () => {
      it('returns the bytes that it could not decode', () => {
        const inner = Uint8Array.of(0x92, 1);
        for (const [payload, detail] of [
          [encode(inner), inner],
          [Uint8Array.of(0xc4, 5, 1), Uint8Array.of(0xc4, 5, 1)],
          [encode('not a binary'), encode('not a binary')],
          [new Uint8Array(0), new Uint8Array(0)],
        ] as const) {
          const result = decode(validatePayload(newZome(guest), payload)) as Output;
          expect('Err' in result && Buffer.from(result.Err.error.Deserialize).equals(detail), `${payload}`).to.equal(
            true,
          );
        }
      });

      it('returns the same verdicts from one instance, whose memory stops growing', () => {
        const zome = newZome(guest);
        const mine = entries.filter((entry) => entry.guest === guest);
        let pagesAfterFirst = 0;
        for (let round = 0; round < 20; round++) {
          for (const [index, entry] of mine.entries()) {
            expect(judge(zome, own[index]!), entry.name).to.deep.equal(entry.expected);
          }
          if (round === 0) pagesAfterFirst = zome.memory.buffer.byteLength;
        }
        expect(zome.memory.buffer.byteLength).to.equal(pagesAfterFirst);
      });

      it('allocates blocks that do not overlap and reuses freed ones', () => {
        const command = fc.record({ bytes: fc.oneof(fc.nat(64), fc.nat(30_000)), free: fc.nat(9) });
        fc.assert(
          fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
            const zome = newZome(guest);
            const blocks: { at: number; bytes: number; mark: number }[] = [];
            const release = (index: number): void => {
              const [block] = blocks.splice(index, 1);
              const content = new Uint8Array(zome.memory.buffer, block!.at, block!.bytes);
              expect(content.every((byte) => byte === block!.mark)).to.equal(true);
              zome.__hc__deallocate_1(block!.at, block!.bytes);
            };
            const runAll = (): void => {
              for (const [step, { bytes, free }] of commands.entries()) {
                const at = zome.__hc__allocate_1(bytes);
                new Uint8Array(zome.memory.buffer, at, bytes).fill(step);
                blocks.push({ at, bytes, mark: step & 0xff });
                if (free < blocks.length) release(free);
              }
              while (blocks.length > 0) release(0);
            };
            runAll();
            const bytesAfterFirst = zome.memory.buffer.byteLength;
            for (let round = 0; round < 3; round++) runAll();
            expect(zome.memory.buffer.byteLength).to.equal(bytesAfterFirst);
          }),
          { numRuns: 30 },
        );
      });

      it('returns a result for every damaged entry, and never traps', () => {
        const damage = fc.record({
          entry: fc.constantFrom(...own.filter((bytes) => bytes.length > 1)),
          at: fc.nat(),
          byte: fc.integer({ min: 0, max: 255 }),
          cut: fc.boolean(),
        });
        fc.assert(
          fc.property(damage, ({ entry, at, byte, cut }) => {
            const damaged = Uint8Array.from(entry);
            damaged[at % damaged.length] = byte;
            const given = cut ? damaged.subarray(0, (at % damaged.length) + 1) : damaged;
            expect(judge(newZome(guest), given).verdict).to.be.oneOf([
              'Valid',
              'Invalid',
              'UnresolvedDependencies',
              'none',
            ]);
          }),
          { numRuns: 2000 },
        );
      });

      it('returns a result for any bytes, and never traps', () => {
        fc.assert(
          fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
            expect(judge(newZome(guest), bytes).verdict).to.be.oneOf(['Invalid', 'none']);
            expect(verdictOf(validatePayload(newZome(guest), bytes)).verdict).to.be.oneOf(['Invalid', 'none']);
          }),
          { numRuns: 2000 },
        );
      });
    });
  }

  it('post zome recomputes the content hash of any post', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const anyPost = fc.record({
      title: text,
      body: fc.string({ unit: 'binary', maxLength: 300 }),
      tags: fc.array(text, { maxLength: 8 }),
    });
    fc.assert(
      fc.property(anyPost, fc.boolean(), ({ title, body, tags }, right) => {
        const author = Uint8Array.of(0x84, 0x20, 0x24, ...new Uint8Array(36));
        const timestamp = 1_600_000_000_000_000;
        const hash = createHash('sha256').update(author);
        for (const part of [title, body]) hash.update(lengthAndText(part));
        hash.update(Uint8Array.of(tags.length, 0, 0, 0));
        for (const tag of tags) hash.update(lengthAndText(tag));
        hash.update(new BigInt64Array([BigInt(timestamp)])).update(Uint8Array.of(0));
        const content_hash = Uint8Array.from(hash.digest());
        if (!right) content_hash[31]! ^= 1;
        const signature = new Uint8Array(64);
        const post = { author, title, body, tags, timestamp, signature, parent: null, content_hash };
        expect(judge(newZome('post'), encode(post)).verdict).to.equal(right ? 'Valid' : 'Invalid');
      }),
      { numRuns: 500 },
    );
  });
});

function lengthAndText(text: string): Buffer {
  const content = Buffer.from(text);
  return Buffer.concat([new Uint8Array(new Uint32Array([content.length]).buffer), content]);
}

// The JSON form of an entry as the decoder returns it: numbers, 64-bit ones as bigint, and bytes.
function plain(said: unknown): unknown {
  if (typeof said !== 'object' || said === null) return said;
  if (Array.isArray(said)) return said.map(plain);
  if ('$bin' in said) return Uint8Array.from(Buffer.from(String(said.$bin), 'hex'));
  if ('$int' in said) {
    const value = BigInt(String(said.$int));
    const fits32 = value >= -(2n ** 31n) && value < 2n ** 32n;
    return fits32 ? Number(value) : value;
  }
  if ('$float' in said) {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(String(said.$float)));
    return view.getFloat64(0);
  }
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, plain(value)]));
}
