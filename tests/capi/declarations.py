"""The functions that the C headers declare."""

import collections
import re

Parameter = collections.namedtuple("Parameter", "type name")
Function = collections.namedtuple("Function", "result name parameters")

_DECLARATION = re.compile(r"^CLONE_AUTH_API\s+([^;]+?)(\w+)\(([^;]*)\);", re.M)


def functions(paths):
    """Every function with CLONE_AUTH_API, in the order of the files."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"//.*", "", file.read())
        for result, name, arguments in _DECLARATION.findall(text):
            parameters = []
            for argument in arguments.split(","):
                kind, _, word = " ".join(argument.split()).rpartition(" ")
                if word != "void":
                    parameters.append(Parameter(kind, word))
            yield Function(" ".join(result.split()), name, parameters)
