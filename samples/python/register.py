#!/usr/bin/env python3
"""Registers a folder as a bundle with nothing but MLflow's own client: what ./ragops register does, for pipelines that are Python anyway.

    pip install mlflow-skinny
    export MLFLOW_TRACKING_URI=http://127.0.0.1:5000
    python register.py FOLDER support-rag --documents documents.jsonl --metric ndcg_at_10=0.71 --param run=nightly --alias production

The folder holds rag.yaml, and documents.jsonl, golden.jsonl, embedder/ where it ships them. Without vectors.bin the first pod of a version embeds its documents itself.
Prints one line of JSON. A bundle that is registered already keeps its version.
"""

import argparse
import contextlib
import hashlib
import json
import pathlib
import shutil
import sys
import tempfile

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

DIGEST_TAG = "ragops.digest"


def manifest_of(folder):
    """Every file with SHA-256 and size, and the digest of it all: lines of sha256, size and path in order of path."""
    files = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in path.split("/")) or file.is_symlink():
            sys.exit(f"register: {path}: a bundle holds no hidden files and no links")
        if file.is_file() and path != "manifest.json":
            content = file.read_bytes()
            files[path] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    if "rag.yaml" not in files:
        sys.exit(f"register: {folder} has no rag.yaml")
    lines = "".join(f"{files[path]['sha256']}  {files[path]['size']}  {path}\n" for path in sorted(files))
    return {"files": files}, hashlib.sha256(lines.encode()).hexdigest()


def registered_already(client, model, digest):
    for version in client.search_model_versions(f"name='{model}'"):
        if version.tags.get(DIGEST_TAG) == digest:
            return version
    return None


def register(client, bundle, digest, arguments):
    experiment = client.get_experiment_by_name(arguments.experiment)
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(arguments.experiment)
    run = client.create_run(experiment_id, run_name=arguments.model)
    try:
        for key, value in pairs(arguments.param):
            client.log_param(run.info.run_id, key, value)
        for key, value in pairs(arguments.metric):
            client.log_metric(run.info.run_id, key, float(value))
        client.log_artifacts(run.info.run_id, str(bundle), "bundle")
        try:
            client.create_registered_model(arguments.model)
        except MlflowException as e:
            if e.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        version = client.create_model_version(
            arguments.model, f"{run.info.artifact_uri}/bundle", run.info.run_id, tags={DIGEST_TAG: digest}
        )
    except BaseException:
        client.set_terminated(run.info.run_id, "FAILED")
        raise
    client.set_terminated(run.info.run_id)
    return version


def pairs(texts):
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            sys.exit(f"register: '{text}' is not KEY=VALUE")
        yield key, value


def main():
    parser = argparse.ArgumentParser(description="Registers a folder as a bundle with MLflow's own client.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("model", help="registered model")
    parser.add_argument("--documents", type=pathlib.Path, help="documents.jsonl from elsewhere")
    parser.add_argument("--golden", type=pathlib.Path, help="golden.jsonl from elsewhere")
    parser.add_argument("--metric", action="append", default=[], metavar="KEY=VALUE", help="what gates look at, such as ndcg_at_10=0.71")
    parser.add_argument("--param", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--alias", help="move this alias to the version")
    parser.add_argument("--experiment", default="ragops")
    arguments = parser.parse_args()
    client = MlflowClient()
    # MLflow says where to look at the run, on stdout; that is for the line below.
    with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(sys.stderr):
        bundle = pathlib.Path(work) / "bundle"
        shutil.copytree(arguments.folder, bundle, symlinks=True)
        for source, name in ((arguments.documents, "documents.jsonl"), (arguments.golden, "golden.jsonl")):
            if source:
                shutil.copy(source, bundle / name)
        manifest, digest = manifest_of(bundle)
        (bundle / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
        version = registered_already(client, arguments.model, digest)
        is_new = version is None
        if is_new:
            version = register(client, bundle, digest, arguments)
    if arguments.alias:
        client.set_registered_model_alias(arguments.model, arguments.alias, version.version)
    print(json.dumps({"model": arguments.model, "version": str(version.version), "run_id": version.run_id, "digest": digest, "registered": is_new}))


main()
