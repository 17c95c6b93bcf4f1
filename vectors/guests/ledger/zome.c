// The zome: `validate` takes a MessagePack binary whose content is the record, itself MessagePack, and judges the record.
// The byte ABI: the host allocates the input, the guest takes it over and frees it; the output goes back as one i64,
// pointer in the high half and length in the low half, and the host frees it.
#include "callback-result.h"
#include "memory.h"
#include "rules.h"

__attribute__((export_name("__hc__allocate_1"))) void *hc_allocate(u32 bytes) { return allocate(bytes); }

__attribute__((export_name("__hc__deallocate_1"))) void hc_deallocate(void *block, u32 bytes) {
  (void)bytes; // the block knows its size
  release(block);
}

static Span judge(Span input) {
  if (!well_formed(input)) return result_undecodable(input, __LINE__);
  Reader reader = reader_of(input);
  Value entry = next(&reader);
  if (entry.kind != BINARY) return result_undecodable(input, __LINE__);
  if (!well_formed(entry.bytes)) return result_undecodable(entry.bytes, __LINE__);
  return validate_record(entry.bytes);
}

__attribute__((export_name("validate"))) u64 validate(u8 *at, u32 length) {
  Span result = judge((Span){at, length});
  release(at);
  return (u64)(u32)result.at << 32 | result.length;
}
