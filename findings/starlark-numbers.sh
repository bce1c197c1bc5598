#!/usr/bin/env bash
# starlark-pyo3 2026.1.3 (PyPI, Starlark in Rust): the text of a number is another number, and equal numbers are two keys.
#
# Expected: by the specification `str` of a fraction has the digits that give the fraction again, an integer and a fraction
# are compared exactly, an integer of JSON keeps all its digits, and `json.encode` writes the keys of a dict in order.
# Seen: in Rust, where `str` writes an exponent, as for 12345678.125, it rounds to six digits behind the point.
# 9007199254740993 equals a fraction that is one less, yet a dict with one of them as its key does not have the other
# one. An integer of JSON beyond 64 bits becomes a fraction. Keys of JSON are written as they came, so that a
# statement which two scripts put together has two digests. The library in Go and the one in Python have none of this,
# apart from the JSON, which the package for Go does not offer.
#
# Countersign's policies are documents; no Starlark is involved.
#
# Seen with starlark-pyo3 2026.1.3, starlark-go 1.0.1 and starlark 0.6.0 (PyPI), in this order:
#
#     float(str(1.2345678e20)) == 1.2345678e20: False | True | True
#     float(str(123456789.125)) == 123456789.125: False | True | True
#     float(str(12345678.125)) == 12345678.125: False | True | True
#     9007199254740993 == 9007199254740992.0: True | False | False
#     9007199254740993 in {9007199254740992.0: 1}: False | False | False
#     9007199254740993 > 9007199254740992.0: False | True | True
#     json.decode("18446744073709551617"): 1.844674e+19 | error | 18446744073709551617
#     json.encode({"b": 1, "a": 2}): "{\"b\":1,\"a\":2}" | error | '{"a":2,"b":1}'
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Two of the packages have the same module.
python3 -m venv rust
python3 -m venv others
rust/bin/pip install --quiet --disable-pip-version-check starlark-pyo3==2026.1.3
others/bin/pip install --quiet --disable-pip-version-check starlark==0.6.0 starlark-go==1.0.1
cat >expressions.txt <<'STARLARK'
float(str(1.2345678e20)) == 1.2345678e20
float(str(123456789.125)) == 123456789.125
float(str(12345678.125)) == 12345678.125
9007199254740993 == 9007199254740992.0
9007199254740993 in {9007199254740992.0: 1}
9007199254740993 > 9007199254740992.0
json.decode("18446744073709551617")
json.encode({"b": 1, "a": 2})
STARLARK
cat >rust.py <<'PYTHON'
import starlark


def evaluate(expression):
    library = starlark.Globals.extended_by([starlark.LibraryExtension.Json])
    return starlark.eval(starlark.Module(), starlark.parse("x", f"x = repr({expression})\nx"), library)
PYTHON
cat >go.py <<'PYTHON'
import starlark_go


def evaluate(expression):
    return starlark_go.Starlark().eval(f"repr({expression})")
PYTHON
cat >python.py <<'PYTHON'
import starlark


def evaluate(expression):
    return starlark.eval(f"repr({expression})")
PYTHON
cat >answers.py <<'PYTHON'
import importlib
import sys

evaluate = importlib.import_module(sys.argv[1]).evaluate
for line in sys.stdin:
    try:
        print(evaluate(line))
    except Exception:
        print("error")
PYTHON
rust/bin/python answers.py rust <expressions.txt >rust.txt
others/bin/python answers.py go <expressions.txt >go.txt
others/bin/python answers.py python <expressions.txt >python.txt
paste -d '|' expressions.txt rust.txt go.txt python.txt | sed 's/|/: /; s/|/ | /g' | tee seen.txt
diff - seen.txt <<'EXPECTED'
float(str(1.2345678e20)) == 1.2345678e20: False | True | True
float(str(123456789.125)) == 123456789.125: False | True | True
float(str(12345678.125)) == 12345678.125: False | True | True
9007199254740993 == 9007199254740992.0: True | False | False
9007199254740993 in {9007199254740992.0: 1}: False | False | False
9007199254740993 > 9007199254740992.0: False | True | True
json.decode("18446744073709551617"): 1.844674e+19 | error | 18446744073709551617
json.encode({"b": 1, "a": 2}): "{\"b\":1,\"a\":2}" | error | '{"a":2,"b":1}'
EXPECTED
