#!/usr/bin/env python3
"""Judges lines of {"schema", "value", "valid"} by the jsonschema package and prints those on which it
differs. Numbers are exact decimals on both sides."""

import datetime
import json
import re
import sys
from decimal import Decimal, getcontext

from jsonschema import Draft202012Validator, FormatChecker, validators

getcontext().prec = 1000


def is_number(_, value):
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def is_integer(checker, value):
    return is_number(checker, value) and value == int(value)


def multiple_of(_, of, value, __):
    if is_number(None, value) and Decimal(value) % Decimal(of) != 0:
        from jsonschema import ValidationError
        yield ValidationError("not a multiple")


formats = FormatChecker(formats=())


@formats.checks("date", raises=ValueError)
def is_date(value):
    if not isinstance(value, str):
        return True
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return False
    # Python knows no year 0, which has the days of any leap year.
    datetime.date.fromisoformat(value.replace("0000-", "2000-", 1))
    return True


Validator = validators.extend(
    Draft202012Validator,
    {"multipleOf": multiple_of},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", is_number).redefine(
        "integer", is_integer),
)


def main():
    judged = 0
    for line in open(sys.argv[1], encoding="utf-8"):
        case = json.loads(line, parse_float=Decimal)
        valid = Validator(case["schema"], format_checker=formats).is_valid(case["value"])
        judged += 1
        if valid != case["valid"]:
            print(f"differs: we say {case['valid']}: {line.strip()}")
    print(f"judged {judged}", file=sys.stderr)
    return 0 if judged else 1


if __name__ == "__main__":
    sys.exit(main())
