#!/usr/bin/env python3
"""Layers point down only: no file may include a header of a layer above its own.

The order is the one in docs/ARCHITECTURE.md. There is no list of exceptions."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Each layer and those it may include. tests/ may include anything.
MAY_INCLUDE = {
    "workflow/core": [],
    "workflow/expressions": ["workflow/core"],
    "workflow/simulation": ["workflow/core", "workflow/expressions"],
    "workflow/store": ["workflow/core"],
}
MAY_INCLUDE["workflow/calls"] = ["workflow/core"]
MAY_INCLUDE["workflow/engine"] = list(MAY_INCLUDE)
MAY_INCLUDE["messaging"] = list(MAY_INCLUDE)
MAY_INCLUDE["api"] = list(MAY_INCLUDE)
MAY_INCLUDE["cli"] = list(MAY_INCLUDE)

# Libraries that one place alone may know.
ONLY_IN = {
    r"<boost/beast": ["api"],
    r"<(amqp|rabbitmq-c)": ["messaging"],
    r"<sqlite3\.h>": ["workflow/store"],
    r"<(jq|jv)\.h>": ["workflow/expressions"],
    r"<yaml-cpp": ["workflow/core"],
    r"<curl/": ["workflow/calls", "messaging", "cli"],
    r"<kainjow": ["messaging"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])')


def layer_of(path):
    for layer in sorted(MAY_INCLUDE, key=len, reverse=True):
        if path.startswith(layer + "/"):
            return layer
    return None


def faults_in(file):
    name = file.relative_to(ROOT).as_posix()
    layer = layer_of(name)
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match or layer is None:
            continue
        included = match.group(1)
        target = layer_of(included[1:-1])
        if target and target != layer and target not in MAY_INCLUDE[layer]:
            yield f"{name}:{number}: {layer} includes {target}, which is above it: turn the call round with a port"
        if included.startswith('"tests/'):
            yield f"{name}:{number}: production code includes a test header"
        for pattern, places in ONLY_IN.items():
            if re.match(pattern, included) and layer not in places:
                yield f"{name}:{number}: {included} may be included in {', '.join(places)} only"


def main():
    files = [f for top in ("workflow", "messaging", "api", "cli")
             for f in sorted((ROOT / top).rglob("*.[ch]pp"))]
    faults = [fault for file in files for fault in faults_in(file)]
    print("\n".join(faults) if faults else f"{len(files)} files, every include points down")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
