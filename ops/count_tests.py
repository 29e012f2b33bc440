#!/usr/bin/env python3
"""Counts test cases: count_tests.py (junit FILE | vitest FILE | line FILE STATUS) prints
`passed failed`.

A CTest entry that is a Catch2 program counts as its test cases, any other as one."""

import json
import re
import sys
import xml.etree.ElementTree as xml

ALL_PASSED = re.compile(r"All tests passed \([\d]+ assertions? in (\d+) test cases?\)")
SOME = re.compile(r"^test cases:\s*(\d+)(.*)$", re.M)
LINE = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def of_output(output, passed):
    """One program: its own count where it prints one; a crash is one failure more."""
    all_passed = ALL_PASSED.search(output)
    if all_passed:
        return (int(all_passed.group(1)), 0) if passed else (int(all_passed.group(1)), 1)
    some = SOME.findall(output)
    if some:
        total, rest = some[-1]
        failed = sum(int(n) for n in re.findall(r"(\d+) failed", rest))
        return int(total) - failed, max(failed, 0 if passed else 1)
    line = LINE.findall(output)
    if line:
        good, bad = (int(n) for n in line[-1])
        return good, max(bad, 0 if passed else 1)
    return (1, 0) if passed else (0, 1)


def junit(path):
    good = bad = 0
    for case in xml.parse(path).getroot().iter("testcase"):
        passed = case.get("status") == "run" and case.find("failure") is None
        g, b = of_output(case.findtext("system-out") or "", passed)
        good, bad = good + g, bad + b
    return good, bad


def vitest(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    suites_failed = report["numFailedTestSuites"] if not report["numFailedTests"] else 0
    return report["numPassedTests"], report["numFailedTests"] + suites_failed


def line(path, status):
    with open(path, encoding="utf-8", errors="replace") as file:
        return of_output(file.read(), status == "0")


if __name__ == "__main__":
    print(*{"junit": junit, "vitest": vitest, "line": line}[sys.argv[1]](*sys.argv[2:]))
