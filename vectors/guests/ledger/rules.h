// The rules of a ledger record: a transfer, or a loan paid back in equal monthly payments.
#pragma once
#include "message-pack.h"

// The output for a record whose bytes are well-formed.
Span validate_record(Span record);
