// A tokenizer of JSON-like text with one `switch` on the byte, which becomes a br_table: loads of bytes and branches.

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define COPIES 64

static const char sample[] =
    "{\"name\":\"assay\",\"ok\":true,\"no\":false,\"nil\":null,\"list\":[0,-1,2.5e10,\"a\\\"b\\\\c\"],\n"
    "\t\"nested\":{\"deep\":[[],{},[[\"\\u00e9\"]]]}, \"sum\" : 1234567890, \"?\": @# }\r\n";

#define SAMPLE_BYTES (sizeof sample - 1)

static u8 text[COPIES * SAMPLE_BYTES];

typedef struct {
  u32 depth, deepest, structure, strings, escapes, numbers, words, spaces, errors;
  u64 digits;
} Count;

static const u8 *scan_string(const u8 *at, const u8 *end, Count *count) {
  while (at < end) {
    u8 byte = *at++;
    if (byte == '"') break;
    if (byte == '\\' && at < end) {
      count->escapes++;
      at++;
    }
  }
  count->strings++;
  return at;
}

static const u8 *scan_number(const u8 *at, const u8 *end, Count *count) {
  count->numbers++;
  for (; at < end; at++) {
    switch (*at) {
    case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      count->digits = count->digits * 10 + (*at - '0');
      break;
    case '+': case '-': case '.': case 'e': case 'E':
      count->digits ^= *at;
      break;
    default:
      return at;
    }
  }
  return at;
}

static const u8 *scan_word(const u8 *at, const u8 *end, const char *rest, Count *count) {
  for (; *rest != 0; rest++, at++) {
    if (at == end || *at != (u8)*rest) {
      count->errors++;
      return at;
    }
  }
  count->words++;
  return at;
}

static void scan_text(const u8 *at, const u8 *end, Count *count) {
  while (at < end) {
    u8 byte = *at++;
    switch (byte) {
    case '{': case '[':
      count->structure++;
      count->depth++;
      if (count->depth > count->deepest) count->deepest = count->depth;
      break;
    case '}': case ']':
      count->structure++;
      if (count->depth == 0) count->errors++;
      else count->depth--;
      break;
    case ':': case ',':
      count->structure++;
      break;
    case '"':
      at = scan_string(at, end, count);
      break;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
      at = scan_number(at - 1, end, count);
      break;
    case 't':
      at = scan_word(at, end, "rue", count);
      break;
    case 'f':
      at = scan_word(at, end, "alse", count);
      break;
    case 'n':
      at = scan_word(at, end, "ull", count);
      break;
    case ' ': case '\t': case '\r': case '\n':
      count->spaces++;
      break;
    default:
      count->errors++;
    }
  }
}

// Scans 64 copies of the sample (about 10 kB) `rounds` times; the result folds every count, so no part can be left out.
__attribute__((export_name("scan"))) u64 scan(int rounds) {
  for (u32 i = 0; i < sizeof text; i++) text[i] = (u8)sample[i % SAMPLE_BYTES];
  Count count = {0};
  for (int round = 0; round < rounds; round++) scan_text(text, text + sizeof text, &count);
  u64 sum = count.digits;
  const u32 counts[] = {count.depth, count.deepest, count.structure, count.strings, count.escapes,
                        count.numbers, count.words, count.spaces, count.errors};
  for (u32 i = 0; i < sizeof counts / sizeof counts[0]; i++) sum = sum * 1000003 + counts[i];
  return sum;
}
