#!/usr/bin/env python3
"""Rules of the source that no compiler checks. Each fault says what to do instead."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

CORE_BANNED = [
    (r"::now\s*\(", "the core has no clock: take the time as an argument"),
    (r"\bstd::rand\b|\brand\s*\(|<random>|random_device", "the core draws nothing: take the number as an argument"),
    (r"<thread>|<condition_variable>|<future>", "the core has no threads"),
    (r"\basio\b", "the core does no I/O"),
    (r"sqlite3", "the core does not know the store"),
    (r"\bgetenv\b|<fstream>|<filesystem>", "the core does not touch the machine"),
]
TEST_BANNED = [
    (r"\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\bnanosleep\b|\bsleep\s*\(\s*\d",
     "a test waits on a signal or on virtual time, never on a span"),
]
ANYWHERE = [(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", "do it now or leave it out")]


def without_comments_and_strings(text):
    """The same lines, with comments and string contents blanked."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)

    def blank(match):
        found = match.group(0)
        if found.startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", found)
        return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'

    return pattern.sub(blank, text)


def awaits(code):
    """(line, statement) of every co_await statement, up to its `;` outside brackets or its `{`."""
    for match in re.finditer(r"\bco_await\b", code):
        start = max(code.rfind(c, 0, match.start()) for c in ";{}") + 1
        depth, end = 0, match.end()
        while end < len(code):
            c = code[end]
            if c in "([":
                depth += 1
            elif c in ")]":
                depth -= 1
                if depth < 0:
                    break
            elif c == ";" and depth <= 0:
                break
            end += 1
        yield code.count("\n", 0, match.start()) + 1, code[start:end]


def rule_c1(code):
    """g++ 12.2 destroys lambda captures and braced temporaries inside co_await twice."""
    for line, statement in awaits(code):
        after = statement[statement.index("co_await"):]
        if re.search(r"\[[^\]\s][^\]]*\]\s*(\(|\{|mutable)", after) and not re.search(r"\[&\w*\]", after):
            yield line, "co_await with a lambda that captures: name the lambda before"
        if re.search(r"[\w>(,]\s*\{[^}]*\}", after) and not re.search(r"\)\s*(mutable\s*)?(->[^{]*)?\{", after):
            yield line, "co_await with a braced temporary: name the value before"
        if re.search(r"\?[^:]*:[^:]", after) or re.search(r"\?[^;]*$", statement[:statement.index("co_await")]):
            yield line, "co_await within ?: - write an if"


def faults_in(file):
    name = file.relative_to(ROOT).as_posix()
    text = file.read_text(encoding="utf-8")
    is_code = file.suffix in (".cpp", ".hpp")
    code = without_comments_and_strings(text) if is_code else text
    rules = []
    if name.startswith("workflow/core/"):
        rules += [(p, why, code) for p, why in CORE_BANNED]
    if name.startswith("tests/") and "/bench/" not in name and is_code:
        rules += [(p, why, code) for p, why in TEST_BANNED]
    rules += [(p, why, text) for p, why in ANYWHERE]
    for pattern, why, where in rules:
        for match in re.finditer(pattern, where):
            yield f"{name}:{where.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()}: {why}"
    if is_code:
        for line, why in rule_c1(code):
            yield f"{name}:{line}: {why} (g++ 12.2 miscompiles it)"


def main():
    files = [ROOT / "main.cpp"]
    for top in ("workflow", "messaging", "api", "cli", "tests", "ops"):
        files += sorted(f for f in (ROOT / top).rglob("*")
                        if f.suffix in (".cpp", ".hpp", ".py", ".mjs") or f.parent.name == "ops")
    files = [f for f in files if f.is_file() and f.name != "check_source.py"]
    faults = [fault for file in files for fault in faults_in(file)]
    print("\n".join(faults) if faults else f"{len(files)} files, every rule kept")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
