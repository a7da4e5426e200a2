"""Each row of the catalogue in docs/security-testing.md has a test."""

import pathlib
import re

import tree

_PAGE = "docs/security-testing.md"
# | K01 | what must hold | none: why it has no test |
_ROW = re.compile(r"^\| ([KORS]\d\d) \|[^|]*\|\s*(none: )?[^|]*\|$", re.M)
# In Python, in C++ and in the list of what runs under valgrind.
_TEST = re.compile(r"(?:\bdef test_|\bTEST(?:_F|_P)?\(\w+,\s*|\{\")"
                   r"((?:[KORS]\d\d(?:_|: ))+)")


def _named(root):
    found = set()
    for file in tree.files(root, "tests", tree.CXX + (".py",)):
        for names in _TEST.findall("\n".join(file.lines())):
            found.update(re.findall(r"[KORS]\d\d", names))
    return found


def rows(root):
    page = pathlib.Path(root, _PAGE)
    if not page.is_file():
        return []
    listed = dict(_ROW.findall(page.read_text()))
    named = _named(root)
    problems = [f"{_PAGE}: no test is named after {row}"
                for row, none in listed.items() if not none and row not in named]
    problems += [f"{_PAGE}: {row} has a test by now"
                 for row, none in listed.items() if none and row in named]
    problems += [f"a test is named after {row}, which {_PAGE} does not list"
                 for row in sorted(named - set(listed))]
    return problems
