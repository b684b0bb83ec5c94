"""Checks of a running runtime from outside, each named; the last line counts them."""

import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import openai

# The second runtime wants keys: one opens everything, the other reads what tenant a has in collection shop.
URL, FUZZER, KEYED_URL, WHOLE_KEY, SHOP_KEY = sys.argv[1:6]
HOST, PORT = urllib.parse.urlparse(URL).hostname, urllib.parse.urlparse(URL).port
checks = []


def check(function):
    checks.append(function)
    return function


def call(method, path, body=None, headers=None, timeout=60, url=URL):
    connection = http.client.HTTPConnection(urllib.parse.urlparse(url).netloc, timeout=timeout)
    try:
        connection.request(method, path, body, {"content-type": "application/json"} | (headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def ready(seconds=60, url=URL):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if call("GET", "/health/ready", url=url)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the runtime is not ready")


def client():
    return openai.OpenAI(base_url=URL + "/v1", api_key="anything", max_retries=0)


@check
def python_client_lists_models():
    assert [model.id for model in client().models.list()] == ["default", "all-MiniLM-L6-v2-q"]


@check
def python_client_embeds():
    # The client asks for base64 by itself; floats must be the same numbers.
    plain = client().embeddings.create(model="m", input=["a teapot", "rain"])
    floats = client().embeddings.create(model="m", input=["a teapot", "rain"], encoding_format="float")
    assert len(plain.data) == 2 and len(plain.data[0].embedding) == 384
    assert max(abs(a - b) for a, b in zip(plain.data[1].embedding, floats.data[1].embedding)) < 1e-6


@check
def python_client_chats_and_streams():
    document = {"id": "teapot", "title": "Teapot", "text": "The teapot stands on the shelf in the kitchen.", "metadata": {"room": "kitchen"}}
    assert call("POST", "/ingest", json.dumps({"documents": [document]}))[0] == 200
    messages = [{"role": "user", "content": "where is the teapot?"}]
    answer = client().chat.completions.create(model="default", messages=messages)
    message = answer.choices[0].message
    assert "kitchen" in message.content
    assert message.annotations[0].url_citation.title == "Teapot"
    assert answer.sources[0]["documentId"] == "teapot"
    chunks = list(client().chat.completions.create(model="default", messages=messages, stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == message.content
    assert chunks[-1].usage.total_tokens > 0


@check
def python_client_searches():
    found = client().vector_stores.search("default", query="teapot", filters={"type": "eq", "key": "room", "value": "kitchen"})
    assert found.data[0].file_id == "teapot" and "shelf" in found.data[0].content[0].text
    try:
        client().vector_stores.search("default", query=" ")
    except openai.BadRequestError as error:
        assert "query" in str(error)
    else:
        raise AssertionError("a blank question was taken")


@check
def a_body_of_10_mb_is_taken_and_a_larger_one_refused():
    documents = [{"id": f"big{i}", "text": "x " * 500_000} for i in range(9)]
    status, _ = call("POST", "/ingest?wait=false&collection=big", json.dumps({"documents": documents}), timeout=120)
    assert status == 200, status
    for i in range(9):
        assert call("DELETE", f"/documents/big{i}?collection=big&wait=false")[0] == 200
    status, _ = call("POST", "/ingest", b" " * (11 << 20))
    assert status == 413, status


@check
def a_stream_of_100000_documents_cut_in_the_middle_keeps_what_it_acknowledged():
    with socket.create_connection((HOST, PORT), timeout=120) as raw:
        raw.sendall(
            b"POST /ingest?wait=false&collection=cut HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        reader = raw.makefile("rb")
        acknowledged = sent = 0
        while sent < 100_000 and acknowledged < 1_000:
            lines = b"".join(b'{"id":"c%d","text":"number %d"}\n' % (i, i) for i in range(sent, sent + 100))
            raw.sendall(b"%x\r\n%s\r\n" % (len(lines), lines))
            sent += 100
            while acknowledged < sent:
                line = reader.readline()
                acknowledged += b'"status":"created"' in line
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    for i in (0, acknowledged // 2, acknowledged - 1):
        assert call("GET", f"/documents/c{i}?collection=cut")[0] == 200, i
    assert call("GET", f"/documents/c{sent}?collection=cut")[0] == 404
    ready()


@check
def slow_clients_keep_nobody_else_waiting():
    slow = [socket.create_connection((HOST, PORT)) for _ in range(200)]
    try:
        for one in slow:
            one.sendall(b"POST /query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
        assert call("POST", "/query", '{"query":"teapot"}', timeout=10)[0] == 200
    finally:
        for one in slow:
            one.close()


def fuzz(url, examples, *options, checks="", **environment):
    here = pathlib.Path(__file__).parent
    command = [
        FUZZER, "--config-file", str(here / "schemathesis.toml"), "run", url + "/openapi.json", "--seed", "20261125", "--max-examples", str(examples), "--phases", "examples,coverage,fuzzing",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
        "response_schema_conformance,negative_data_rejection,unsupported_method" + checks,
        "--suppress-health-check", "all", "--request-timeout", "30", "--max-time", "60", "--no-color", *options,
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    # The fuzzer keeps notes where it runs.
    with tempfile.TemporaryDirectory() as notes:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=notes)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    # A run that its time limit cut short has found nothing because it has looked at little.
    summary = [line.strip() for line in done.stdout.splitlines() if "Selected:" in line or "Tested:" in line or "generated," in line]
    selected, tested = (next(line for line in summary if line.startswith(word)) for word in ("Selected:", "Tested:"))
    assert selected.split("/")[-1] == tested.split()[-1], summary
    print("      " + ", ".join(summary), flush=True)


@check
def a_fuzzer_over_the_contract_finds_nothing():
    fuzz(URL, 15)


@check
def a_fuzzer_with_a_restricted_key_finds_nothing_either_and_nothing_that_is_hidden():
    ready(url=KEYED_URL)
    mark = "hidden" + os.urandom(8).hex()
    whole, shop = ({"authorization": "Bearer " + key} for key in (WHOLE_KEY, SHOP_KEY))

    def document(name, tenant):
        return {"id": name, "title": name, "text": f"The teapot {name} stands on the shelf.", "metadata": {"tenant": tenant, "name": name}}

    def names(collection):
        status, body = call("GET", f"/documents?collection={collection}", headers=whole, url=KEYED_URL)
        assert status == 200, body
        return sorted(document["id"] for document in json.loads(body)["documents"])

    shops = {"shop": [document(mark, "b"), document("mine", "a"), document("z" + mark, "b")], "default": [document(mark, "a")]}
    for collection, documents in shops.items():
        status, body = call("POST", "/ingest", json.dumps({"collection": collection, "documents": documents}), whole, url=KEYED_URL)
        assert status == 200, body
    before = {collection: names(collection) for collection in shops}
    status, body = call("POST", "/query", '{"query":"teapot"}', shop, url=KEYED_URL)
    assert status == 200 and b"mine" in body and mark.encode() not in body, body

    fuzz(KEYED_URL, 8, "--header", "Authorization: Bearer " + SHOP_KEY, checks=",what_a_key_does_not_show_stays_hidden", RAGOPS_HIDDEN=mark)

    assert {collection: names(collection) for collection in shops} == before, "a key that only reads has written"


def main():
    ready()
    failed = 0
    for one in checks:
        began = time.monotonic()
        try:
            one()
            print(f"pass  {one.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception as error:  # each check is told, whatever it stumbled over
            failed += 1
            print(f"FAIL  {one.__name__}: {type(error).__name__}: {error}", flush=True)
    ready()
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
