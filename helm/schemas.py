#!/usr/bin/env python3
"""Turns an API server's OpenAPI document and our CRDs into the JSON schemas kubeconform reads: schemas.py SWAGGER OUT CRD..."""

import copy
import json
import pathlib
import sys

import yaml

SCALARS = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"anyOf": [{"type": "string"}, {"type": "number"}]},
}


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def closed(node):
    """The same schema, refusing fields it does not name: a misspelt field is an error, not silence."""
    if isinstance(node, dict):
        node = {key: closed(value) for key, value in node.items()}
        if "properties" in node and "additionalProperties" not in node and not node.get("x-kubernetes-preserve-unknown-fields"):
            node["additionalProperties"] = False
        for bound in ("minimum", "maximum"):
            # PyYAML reads 1.0E7 as text, other readers as the number it is.
            if isinstance(node.get(bound), str):
                node[bound] = float(node[bound])
        if node.get("x-kubernetes-int-or-string"):
            node.pop("type", None)
    elif isinstance(node, list):
        node = [closed(value) for value in node]
    return node


def of_swagger(swagger):
    definitions = {**swagger["definitions"], **SCALARS}
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", []):
            needed, todo = {}, [name]
            while todo:
                one = todo.pop()
                if one not in needed:
                    needed[one] = closed(definitions[one])
                    todo.extend(references(definitions[one]))
            yield kind["kind"], kind["group"], kind["version"], {"$ref": f"#/definitions/{name}", "definitions": needed}


def of_crd(crd):
    for version in crd["spec"]["versions"]:
        schema = closed(copy.deepcopy(version["schema"]["openAPIV3Schema"]))
        schema["properties"].update({"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}})
        yield crd["spec"]["names"]["kind"], crd["spec"]["group"], version["name"], schema


def main(swagger, out, crds):
    directory = pathlib.Path(out)
    directory.mkdir(parents=True, exist_ok=True)

    def write(kind, group, version, schema):
        # kubeconform's {{.KindSuffix}}: the first label of the group, left out for the core group, and the version.
        parts = [kind.lower(), group.split(".")[0], version] if group else [kind.lower(), version]
        path = directory / f"{'-'.join(parts)}.json"
        path.write_text(json.dumps(schema), encoding="utf-8")

    for entry in of_swagger(json.loads(pathlib.Path(swagger).read_text(encoding="utf-8"))):
        write(*entry)
    for path in crds:
        for crd in yaml.safe_load_all(pathlib.Path(path).read_text(encoding="utf-8")):
            for entry in of_crd(crd):
                write(*entry)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
