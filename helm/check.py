#!/usr/bin/env python3
"""Holds rendered charts to the promises of the design: no wildcard right, no cluster-wide Secret, restricted pods."""

import sys

import yaml

# What a ClusterRole that is bound cluster-wide may never hold.
FORBIDDEN = {"secrets", "nodes", "namespaces", "clusterroles", "clusterrolebindings", "pods/exec", "serviceaccounts/token"}


def problems_of_role(role):
    for rule in role.get("rules") or []:
        for field in ("apiGroups", "resources", "verbs"):
            if any("*" in item for item in rule.get(field, [])):
                yield f"{role['kind']} {role['metadata']['name']}: wildcard in {field}"
        if {"escalate", "bind", "impersonate"} & set(rule.get("verbs", [])):
            yield f"{role['kind']} {role['metadata']['name']}: escalates"
        if "secrets" in rule.get("resources", []) and {"list", "watch", "delete"} & set(rule["verbs"]):
            yield f"{role['kind']} {role['metadata']['name']}: lists or deletes Secrets"


def problems_of_bindings(objects):
    bound = {o["roleRef"]["name"] for o in objects if o["kind"] == "ClusterRoleBinding"}
    for role in objects:
        if role["kind"] == "ClusterRole" and role["metadata"]["name"] in bound:
            for rule in role["rules"]:
                for resource in FORBIDDEN & set(rule.get("resources", [])):
                    yield f"ClusterRole {role['metadata']['name']} holds {resource} everywhere"


def problems_of_pod(owner, spec):
    pod = spec.get("securityContext", {})
    if pod.get("runAsNonRoot") is not True or pod.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{owner}: pod security is not restricted"
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{owner}: {field}"
    for volume in spec.get("volumes", []):
        if "hostPath" in volume:
            yield f"{owner}: host path {volume['name']}"
    for container in spec["containers"] + spec.get("initContainers", []):
        own = container.get("securityContext", {})
        if (
            own.get("allowPrivilegeEscalation") is not False
            or own.get("readOnlyRootFilesystem") is not True
            or own.get("capabilities", {}).get("drop") != ["ALL"]
        ):
            yield f"{owner}: container {container['name']} is not restricted"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield f"{owner}: container {container['name']} has no memory limit"


def problems(objects):
    kinds = {o["kind"] for o in objects}
    for wanted in ("Deployment", "ServiceAccount", "Service", "NetworkPolicy", "CustomResourceDefinition", "Role", "RoleBinding"):
        if wanted not in kinds:
            yield f"no {wanted}"
    yield from problems_of_bindings(objects)
    for o in objects:
        if o["kind"] in ("Role", "ClusterRole"):
            yield from problems_of_role(o)
        if o["kind"] == "Deployment":
            yield from problems_of_pod(o["metadata"]["name"], o["spec"]["template"]["spec"])
        if o["kind"] == "CustomResourceDefinition":
            if o["metadata"].get("annotations", {}).get("helm.sh/resource-policy") != "keep":
                yield f"CRD {o['metadata']['name']} would go with the release, and all its objects"


def main(paths):
    found = 0
    for path in paths:
        with open(path, encoding="utf-8") as rendered:
            objects = [o for o in yaml.safe_load_all(rendered) if o]
        for problem in problems(objects):
            found += 1
            print(f"{path}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
