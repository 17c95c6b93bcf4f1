"""Hits and byte hits of libCacheSim's policies: one JSON job a line on standard input, one JSON answer a line on standard output.

A job: {"trace": path of an oracleGeneral file, "policy": name, "bytes": size of the cache, "requests": n, "requestedBytes": n}
An answer: {"hits": n, "hitBytes": n}
"""

import json
import sys

import libcachesim as lcs

POLICIES = {
    "fifo": lcs.FIFO,
    "lru": lcs.LRU,
    "lfu": lcs.LFU,
    "gdsf": lcs.GDSF,
    "sieve": lcs.Sieve,
    "s3-fifo": lcs.S3FIFO,
    "w-tiny-lfu": lcs.WTinyLFU,
}
HASH_POWER = 12


def counts(job):
    reader = lcs.TraceReader(job["trace"], lcs.TraceType.ORACLE_GENERAL_TRACE)
    cache = POLICIES[job["policy"]](job["bytes"], hashpower=HASH_POWER)
    # It reports ratios only; of numbers below 2^50 they give the counts back.
    missed, missed_bytes = cache.process_trace(reader)
    return {
        "hits": round((1 - missed) * job["requests"]),
        "hitBytes": round((1 - missed_bytes) * job["requestedBytes"]),
    }


for line in sys.stdin:
    print(json.dumps(counts(json.loads(line))), flush=True)
