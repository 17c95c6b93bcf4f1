"""Lines of JSON and modules for schemathesis, which has no form of its own for them. With ASSAY_MODULE, its hash in the place of others."""
import json
import os

import schemathesis

MODULE = os.environ.get("ASSAY_MODULE")


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    if isinstance(value, (bytes, str)):
        return value
    items = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(item) for item in items).encode("utf-8", "surrogatepass")


@schemathesis.deserializer("application/x-ndjson")
def items(ctx, response):
    return [json.loads(line) for line in response.content.decode().splitlines()]


@schemathesis.serializer("application/wasm")
def module(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def map_body(context, body):
    if MODULE is None:
        return body
    for one in body if isinstance(body, list) else [body]:
        if isinstance(one, dict) and isinstance(one.get("module"), str) and len(one["module"]) == 64:
            one["module"] = MODULE
    return body
