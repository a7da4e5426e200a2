#!/usr/bin/env python3
"""Writes calls that must be refused, one for each way to be wrong.

make_bad_calls.py OUT.c HEADER...: for each function of the headers, each
pointer NULL, each handle of another type and each size SIZE_MAX, one at a
time, with all else good; and texts of size 0, which only must not crash.
"""

import sys

import declarations

_VALUES = {"kind": "CLONE_AUTH_KIND_USER", "unix_seconds": "100",
           "seconds": "1"}


def _is_text(parameter):
    return parameter.type in ("const char*", "const unsigned char*")


def _is_output(parameter):
    return (parameter.type.endswith("*") and not _is_handle(parameter)
            and not parameter.type.endswith("_callbacks*")
            and (not parameter.type.startswith("const ")
                 or parameter.type.endswith("**")))


def _is_handle(parameter):
    kind = parameter.type.removeprefix("const ")
    return (kind.startswith("clone_auth_") and kind.endswith("*")
            and not kind.endswith("**") and not kind.endswith("_callbacks*")
            and kind != "clone_auth_status*")


def _field(parameter):
    kind = parameter.type.removeprefix("const ").rstrip("*")
    return "with->" + kind.removeprefix("clone_auth_")


def _good(parameter):
    if parameter.type == "clone_auth_error**":
        return "&error"
    if _is_handle(parameter):
        return _field(parameter)
    if parameter.type.endswith("_callbacks*"):
        return "&" + _field(parameter)
    if parameter.type == "const unsigned char*":
        return "with->digest"
    if parameter.type == "unsigned char*":
        return "with->buffer"
    if _is_text(parameter):
        return "with->text"
    if _is_output(parameter):
        return "&out_" + parameter.name
    if parameter.name.endswith("_size"):
        return "1"
    return _VALUES.get(parameter.name, "0")


def _call(function, replaced):
    arguments = [replaced.get(p.name, _good(p)) for p in function.parameters]
    return f"{function.name}({', '.join(arguments)})"


def _outputs(function):
    return [p for p in function.parameters
            if _is_output(p) and p.type not in ("clone_auth_error**",
                                                "unsigned char*")]


def _ends(parameter):
    kind = parameter.type.removesuffix("**")
    made = parameter.type.endswith("**") and "const" not in kind
    return f"{kind}_free(out_{parameter.name});" if made else ""


def _bad_calls(function):
    """(what is wrong, the call, whether it must be refused)"""
    sizes = {p.name for p in function.parameters if p.type == "size_t"}
    for p in function.parameters:
        size = p.name + "_size"
        if p.type == "clone_auth_error**":
            continue
        if p.type.endswith("*"):
            yield f"{p.name} NULL", _call(function, {p.name: "NULL"}), True
            if function.parameters[-1].type == "clone_auth_error**":
                last = function.parameters[-1].name
                yield (f"{p.name} and {last} NULL",
                       _call(function, {p.name: "NULL", last: "NULL"}), True)
        if _is_handle(p):
            yield (f"{p.name} of another type",
                   _call(function, {p.name: "with->other"}), True)
        if size in sizes and _is_text(p):
            yield (f"{size} SIZE_MAX",
                   _call(function, {size: "SIZE_MAX"}), True)
        if size in sizes:
            yield f"{size} 0", _call(function, {size: "0"}), False


def _write(function, out):
    if function.result != "clone_auth_status" or not function.parameters or (
            function.parameters[-1].type != "clone_auth_error**"):
        for p in function.parameters:
            for value in ["NULL"] + ["with->other"] * (
                    function.name != "clone_auth_error_free"):
                out.write(f"  (void){_call(function, {p.name: value})};\n")
        return
    for wrong, call, refused in _bad_calls(function):
        out.write("  {\n    clone_auth_error* error = NULL;\n")
        for p in _outputs(function):
            out.write(f"    {p.type[:-1]} out_{p.name} = 0;\n")
        out.write(f"    const clone_auth_status status =\n        {call};\n"
                  f'    judge("{function.name}: {wrong}", status, error, '
                  f"{int(refused)});\n")
        for p in _outputs(function):
            out.write(f"    (void)out_{p.name};\n")
            if _ends(p):
                out.write(f"    {_ends(p)}\n")
        out.write("  }\n")


def main():
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write('#include "bad_arguments.h"\n\n'
                  "void make_bad_calls(const struct good_arguments* with) {\n")
        for function in declarations.functions(sys.argv[2:]):
            _write(function, out)
        out.write("}\n")


if __name__ == "__main__":
    main()
