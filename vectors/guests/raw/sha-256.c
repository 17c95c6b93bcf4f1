// SHA-256 (FIPS 180-4) over a buffer in memory: i32 rotations, shifts and additions, loads and stores of bytes and words.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define BUFFER_BYTES 65536
#define BLOCK_BYTES 64
#define DIGEST_BYTES 32

static u8 buffer[BUFFER_BYTES];
static u8 digest[DIGEST_BYTES];

static const u32 constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const u32 initial[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static u32 rotate(u32 value, int bits) { return (value >> bits) | (value << (32 - bits)); }

static u32 word_at(const u8 *bytes) {
  return ((u32)bytes[0] << 24) | ((u32)bytes[1] << 16) | ((u32)bytes[2] << 8) | bytes[3];
}

static void put_word(u8 *bytes, u32 word) {
  bytes[0] = (u8)(word >> 24);
  bytes[1] = (u8)(word >> 16);
  bytes[2] = (u8)(word >> 8);
  bytes[3] = (u8)word;
}

static void compress(u32 *state, const u8 *block) {
  u32 w[64];
  for (int i = 0; i < 16; i++) w[i] = word_at(block + 4 * i);
  for (int i = 16; i < 64; i++) {
    u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    u32 t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i];
    u32 t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static void hash(const u8 *bytes, u32 length) {
  u32 state[8];
  for (int i = 0; i < 8; i++) state[i] = initial[i];
  u32 at = 0;
  for (; length - at >= BLOCK_BYTES; at += BLOCK_BYTES) compress(state, bytes + at);

  // The rest, the mark 0x80, zeros, and the length in bits: one block, or two when the length does not fit.
  u8 last[2 * BLOCK_BYTES];
  u32 rest = length - at;
  u32 last_bytes = rest < 56 ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  for (u32 i = 0; i < last_bytes; i++) last[i] = i < rest ? bytes[at + i] : 0;
  last[rest] = 0x80;
  u64 bits = (u64)length * 8;
  put_word(last + last_bytes - 8, (u32)(bits >> 32));
  put_word(last + last_bytes - 4, (u32)bits);
  for (u32 i = 0; i < last_bytes; i += BLOCK_BYTES) compress(state, last + i);
  for (int i = 0; i < 8; i++) put_word(digest + 4 * i, state[i]);
}

// Fills `length` bytes (at most 65,536, at least 32) with i * 31 + 7, then hashes them `rounds` times, each time with the
// digest written over the first 32 bytes. Returns the last digest's first word; the whole is at digest_at().
__attribute__((export_name("hash_rounds"))) u32 hash_rounds(u32 length, int rounds) {
  if (length < DIGEST_BYTES || length > BUFFER_BYTES) __builtin_trap();
  for (u32 i = 0; i < length; i++) buffer[i] = (u8)(i * 31 + 7);
  for (int round = 0; round < rounds; round++) {
    hash(buffer, length);
    for (int i = 0; i < DIGEST_BYTES; i++) buffer[i] = digest[i];
  }
  return word_at(digest);
}

__attribute__((export_name("digest_at"))) u8 *digest_at(void) { return digest; }
