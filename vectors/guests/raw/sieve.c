// The sieve of Eratosthenes, a byte for each number: stores with a stride over a large array, and a counting pass.

typedef unsigned char u8;
typedef unsigned int u32;

#define LIMIT_MAX (1u << 20)

static u8 composite[LIMIT_MAX];

// How many primes are below `limit` (at most 2^20), counted anew `rounds` times; the result is the sum over the rounds.
__attribute__((export_name("primes"))) u32 primes(u32 limit, int rounds) {
  if (limit > LIMIT_MAX) __builtin_trap();
  u32 count = 0;
  for (int round = 0; round < rounds; round++) {
    for (u32 n = 0; n < limit; n++) composite[n] = n < 2;
    for (u32 n = 2; n * n < limit; n++) {
      if (composite[n]) continue;
      for (u32 multiple = n * n; multiple < limit; multiple += n) composite[multiple] = 1;
    }
    for (u32 n = 0; n < limit; n++) count += !composite[n];
  }
  return count;
}
