// What `validate` gives back: Result<ExternIO, WasmError>, where ExternIO is the bytes of a ValidateCallbackResult.
#pragma once
#include "message-pack.h"

Span result_valid(void);
Span result_invalid(Span reason);
Span result_unresolved(Span hash);
Span result_undecodable(Span input, u32 line);
