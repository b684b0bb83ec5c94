"""Teaches the fuzzer what it does not know of the contract."""

import functools
import json
import os
import pathlib

import jsonschema_rs
import schemathesis
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

HIDDEN = os.environ.get("RAGOPS_HIDDEN")
CONTRACT = json.loads((pathlib.Path(__file__).parents[1] / "main" / "resources" / "openapi.json").read_text(encoding="utf-8"))


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """Lines of JSON, sent as they were made."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


@functools.cache
def body_schema(path, method):
    media = CONTRACT["paths"][path][method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
    return media and jsonschema_rs.Draft202012Validator({**media["schema"], "components": CONTRACT["components"]})


@schemathesis.check
def what_a_key_does_not_show_stays_hidden(context, response, case):
    """Documents beyond the key's filter and collection carry a mark that no request has: no answer may have it either."""
    assert HIDDEN is None or HIDDEN.encode() not in response.content, "a hidden document shows"


def waits_for_a_write(case):
    """Asks for a view that no write will bring: the one 503 that is promised, after five seconds, and checked elsewhere."""
    if case.operation.path != "/query" or not isinstance(case.body, dict):
        return False
    sequence = case.body.get("minSequence")
    return isinstance(sequence, (int, float)) and sequence > 0 and body_schema("/query", "post").is_valid(case.body)


@schemathesis.hook
def filter_case(context, case):
    return not waits_for_a_write(case) and is_as_broken_as_it_says(case)


def is_as_broken_as_it_says(case):
    """A body that was broken in one branch of a oneOf and is valid as another is no broken body: it should be accepted."""
    meta = case.meta
    if meta is None or meta.generation.mode != GenerationMode.NEGATIVE:
        return True
    broken = [location for location, component in meta.components.items() if component.mode == GenerationMode.NEGATIVE]
    if broken != [ParameterLocation.BODY] or case.media_type != "application/json":
        return True
    schema = body_schema(case.operation.path, case.method)
    try:
        return schema is None or not schema.is_valid(case.body)
    except ValueError:
        # What is not JSON at all is broken.
        return True
