"""Teaches the fuzzer what it does not know of the contract."""

import functools
import json
import pathlib

import jsonschema_rs
import schemathesis
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

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


@schemathesis.hook
def filter_case(context, case):
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
