#!/usr/bin/env python3
"""docs/conformance.md is kept true: every line of the checklist stands in it, every test it names
exists, and a line without a test says why."""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent

LINES = (
    ["D%d" % n for n in range(1, 6)]
    + ["E%d" % n for n in range(1, 10)]
    + ["U1", "U2"]
    + ["F%d" % n for n in range(1, 8)]
    + ["N%d" % n for n in range(1, 6)]
    + ["do", "set", "switch", "for", "fork", "listen", "read", "foreach", "filter", "correlate"]
    + ["emit", "wait", "raise", "try", "retry", "timeout", "run: workflow"]
    + ["run: shell, script, container", "call: http", "call: openapi", "call: grpc"]
    + ["call: asyncapi", "call: a2a, mcp", "call: a function", "errors of calls"]
    + ["A1", "A2", "X1", "S1", "S2", "S3", "S4", "R1", "P1", "L1", "L2"]
)


def test_names():
    """Names of all Catch2 test cases; adjacent literals are one name."""
    names = set()
    case = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
    for file in (root / "tests").rglob("*.cpp"):
        for match in case.finditer(file.read_text(encoding="utf-8")):
            parts = re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1))
            names.add("".join(parts))
    return names


def main():
    faults = []
    names = test_names()
    text = (root / "docs" / "conformance.md").read_text(encoding="utf-8")
    seen = set()
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("| **") or len(cells) < 3:
            continue
        for name in re.findall(r"\*\*([^*]+)\*\*", cells[0]):
            seen.add(name)
        named = re.findall(r'"([^"]+)"', cells[2])
        for name in named:
            if name not in names:
                faults.append(f"docs/conformance.md:{number}: there is no test {name!r}")
        if not named and not cells[2].startswith("Not met:"):
            faults.append(f'docs/conformance.md:{number}: name a test, or say "Not met:" and why')
    for name in LINES:
        if name not in seen:
            faults.append(f"docs/conformance.md: the line {name} is missing")
    for fault in faults:
        print(fault)
    print(f"{len(seen)} lines of the checklist, {'every one kept' if not faults else 'see above'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
