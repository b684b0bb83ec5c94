"""Checks of a running runtime from outside, each named; the last line counts them."""

import http.client
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import openai

# The second runtime wants keys: one opens everything, the other reads what tenant a has in collection shop.
URL, FUZZER, KEYED_URL, WHOLE_KEY, SHOP_KEY = sys.argv[1:6]
SERVER = int(sys.argv[6])
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


def stream(collection, receive_buffer=0):
    """A connection that has begun to send documents, a line each, and a reader of their results."""
    raw = socket.socket()
    if receive_buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    raw.settimeout(120)
    raw.connect((HOST, PORT))
    raw.sendall(
        b"POST /ingest?wait=false&collection=%s HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
        b"transfer-encoding: chunked\r\n\r\n" % collection.encode()
    )
    return raw, raw.makefile("rb")


def chunk(lines):
    return b"%x\r\n%s\r\n" % (len(lines), lines)


@check
def a_stream_of_100000_documents_cut_in_the_middle_keeps_what_it_acknowledged():
    raw, reader = stream("cut")
    acknowledged = set()
    enough = threading.Event()

    def read():
        try:
            for line in reader:
                if b'"status":"created"' in line:
                    acknowledged.add(json.loads(line)["id"])
                if len(acknowledged) >= 3_000:
                    enough.set()
        except (OSError, ValueError):
            pass

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        # As fast as the server takes them: when the cut comes, thousands of lines are under way.
        for i in range(0, 100_000, 50):
            raw.sendall(chunk(b"".join(b'{"id":"c%06d","text":"number %d"}\n' % (n, n) for n in range(i, i + 50))))
            if enough.is_set():
                break
        assert enough.wait(120), len(acknowledged)
        raw.sendall(b"40\r\n" + b'{"id":"half","te')
    finally:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        raw.shutdown(socket.SHUT_RDWR)
        raw.close()
        reading.join(30)
    kept, rest = set(), ""
    while rest is not None:
        page = json.loads(call("GET", f"/documents?collection=cut&limit=1000{rest}")[1])
        kept |= {document["id"] for document in page["documents"]}
        rest = f"&after={page['next']}" if page.get("next") else None
    assert acknowledged <= kept, sorted(acknowledged - kept)[:5]
    assert "half" not in kept
    ready()


@check
def who_does_not_read_its_results_is_not_read_from_and_loses_none_of_them():
    raw, reader = stream("deaf", receive_buffer=4096)
    # Lines that are none cost the server nothing but its answer.
    lines = chunk(b'{"id":""}\n' * 1_000)
    raw.settimeout(3)
    sent = 0
    unsent = b""
    try:
        while sent < 1_000_000:
            unsent = lines
            while unsent:
                unsent = unsent[raw.send(unsent) :]
            sent += 1_000
        raise AssertionError("the server takes whatever is sent, read or not")
    except TimeoutError:
        pass
    assert call("POST", "/query", '{"query":"teapot"}', timeout=10)[0] == 200
    raw.settimeout(120)
    results = []
    reading = threading.Thread(target=lambda: results.extend(line for line in reader if b'"line":' in line), daemon=True)
    reading.start()
    raw.sendall(unsent + b"0\r\n\r\n")
    sent += 1_000
    end = time.monotonic() + 60
    while len(results) < sent and time.monotonic() < end:
        time.sleep(0.05)
    assert len(results) == sent, (len(results), sent)
    raw.close()


@check
def slow_clients_keep_nobody_else_waiting():
    slow = [socket.create_connection((HOST, PORT)) for _ in range(200)]
    try:
        for one in slow:
            one.sendall(b"POST /query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
        for _ in range(20):
            assert call("POST", "/query", '{"query":"teapot"}', timeout=10)[0] == 200
            for one in slow:
                one.sendall(b" ")
    finally:
        for one in slow:
            one.close()


@check
def a_disk_that_is_full_costs_writes_only_and_is_forgotten_when_there_is_room():
    def write(name):
        return call("POST", "/ingest?wait=false&collection=disk", json.dumps({"documents": [{"id": name, "text": "x" * 100_000}]}))

    assert write("before")[0] == 200
    # No file may grow: to the store this is a disk without room.
    usual = resource.prlimit(SERVER, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        status, body = write("during")
        assert status == 503 and "no space left" in json.loads(body)["detail"], body
        assert call("POST", "/query", '{"query":"teapot"}')[0] == 200
        assert call("GET", "/health/ready")[0] == 200
    finally:
        resource.prlimit(SERVER, resource.RLIMIT_FSIZE, usual)
    assert write("after")[0] == 200
    found = [call("GET", f"/documents/{name}?collection=disk")[0] for name in ("before", "during", "after")]
    assert found == [200, 404, 200], found


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
