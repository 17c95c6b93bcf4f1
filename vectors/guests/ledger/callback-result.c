#include "callback-result.h"
#include "memory.h"

static Span ok(Writer *inner) {
  Writer outer = writer();
  write_map(&outer, 1);
  write_string(&outer, text_of("Ok"));
  write_binary(&outer, written(inner));
  release(inner->buffer);
  return written(&outer);
}

Span result_valid(void) {
  Writer inner = writer();
  write_string(&inner, text_of("Valid"));
  return ok(&inner);
}

Span result_invalid(Span reason) {
  Writer inner = writer();
  write_map(&inner, 1);
  write_string(&inner, text_of("Invalid"));
  write_string(&inner, reason);
  return ok(&inner);
}

Span result_unresolved(Span hash) {
  Writer inner = writer();
  write_map(&inner, 1);
  write_string(&inner, text_of("UnresolvedDependencies"));
  write_map(&inner, 1);
  write_string(&inner, text_of("Hashes"));
  write_array(&inner, 1);
  write_binary(&inner, hash);
  return ok(&inner);
}

Span result_undecodable(Span input, u32 line) {
  Writer out = writer();
  write_map(&out, 1);
  write_string(&out, text_of("Err"));
  write_map(&out, 3);
  write_string(&out, text_of("file"));
  write_string(&out, text_of("zome.c"));
  write_string(&out, text_of("line"));
  write_unsigned(&out, line);
  write_string(&out, text_of("error"));
  write_map(&out, 1);
  write_string(&out, text_of("Deserialize"));
  write_binary(&out, input);
  return written(&out);
}
