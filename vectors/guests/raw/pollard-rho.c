// Pollard's rho with Floyd's cycle finding: i64 multiplication and unsigned remainder, and a greatest common divisor.

typedef unsigned long long u64;

static u64 gcd(u64 a, u64 b) {
  while (b != 0) {
    u64 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// A divisor of n found by the sequence x*x + c from 2; n itself when the sequence fails. n < 2^32, so products fit.
static u64 rho(u64 n, u64 c) {
  u64 slow = 2, fast = 2, divisor = 1;
  while (divisor == 1) {
    slow = (slow * slow + c) % n;
    fast = (fast * fast + c) % n;
    fast = (fast * fast + c) % n;
    divisor = gcd(slow > fast ? slow - fast : fast - slow, n);
  }
  return divisor;
}

// The sum of the divisors found by the sequences c = 1 .. rounds.
__attribute__((export_name("divisors"))) u64 divisors(u64 n, int rounds) {
  u64 sum = 0;
  for (int round = 1; round <= rounds; round++) sum += rho(n, (u64)round);
  return sum;
}
