"""Names, leftovers, lengths and the files that have to be there."""

import pathlib
import re

import tree

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
README_LINES = 15
SOURCES = (".h", ".cc", ".py", ".sh", ".cmake", ".in", ".txt", ".json", ".yml")

_NAMESPACE = re.compile(r"\bnamespace\s+clone\b(?!_)")
_MACRO = re.compile(
    r"#\s*(?:define|undef|if|ifdef|ifndef|elif)\b.*\bCLONE_(?!AUTH_)\w"
    r"|\b(?:option|set)\s*\(\s*CLONE_(?!AUTH_)\w")
# Spelled in two halves, so that this file does not find itself.
_LEFTOVER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
_MACHINE_PATH = re.compile(
    r"(?<![\w.$}])/(?:wo" r"rk|fa" r"rm|ro" r"ot)(?:/|\b)"
    r"|/ho" r"me/[a-z]")
_NOT_A_FUNCTION = re.compile(
    r"(?:#|//|namespace\b|struct\b|class\b|enum\b|using\b|extern\b|\}|\{)")


def _matches(root, pattern, suffixes, what):
    problems = []
    for file in tree.files(root, suffixes=suffixes):
        for number, line in enumerate(file.lines(), 1):
            if pattern.search(line):
                problems.append(f"{file.path}:{number}: {what}")
    return problems


def names(root):
    return (_matches(root, _NAMESPACE, tree.CXX,
                     "that namespace collides with clone(2)")
            + _matches(root, _MACRO, tree.CXX + (".cmake", ".txt", ".in"),
                       "macros and options begin with CLONE_AUTH_"))


def leftovers(root):
    return _matches(root, _LEFTOVER, SOURCES + (".md",), "left over")


def machine_paths(root):
    return _matches(root, _MACHINE_PATH, SOURCES + (".md", ""),
                    "a path of one machine")


def functions(file):
    """(first line, length) of each function that begins at column 0."""
    lines = file.lines()
    for end, line in enumerate(lines):
        if line != "}":
            continue
        start = end - 1
        while start > 0 and (not lines[start] or lines[start][0] in " \t)"):
            start -= 1
        if not _NOT_A_FUNCTION.match(lines[start]):
            yield start + 1, end - start + 1


def lengths(root):
    problems = []
    for file in tree.files(root, suffixes=tree.CXX + (".py", ".sh")):
        count = len(file.lines())
        if count > MAX_FILE_LINES:
            problems.append(f"{file.path}: {count} lines")
        if file.suffix in tree.CXX and not file.path.startswith("tests/"):
            problems += [f"{file.path}:{first}: a function of {length} lines"
                         for first, length in functions(file)
                         if length > MAX_FUNCTION_LINES]
    return problems


def mirror(root):
    """Each module of src/ that has code has its tests."""
    modules = {f.path.split("/")[1] for f in tree.files(root, "src", [".cc"])}
    tested = {f.path.split("/")[2]
              for f in tree.files(root, "tests/unit", [".cc"])
              if f.path.endswith("_test.cc")}
    return [f"src/{module} has no tests in tests/unit/{module}"
            for module in sorted(modules - tested)]


def readmes(root):
    """A short README stands in each top-level folder."""
    problems = []
    for folder in sorted(pathlib.Path(root).iterdir()):
        if (not folder.is_dir() or folder.name.startswith(".")
                or folder.name.startswith("build")
                or not any(folder.iterdir())):
            continue
        readme = folder / "README.md"
        if not readme.is_file():
            problems.append(f"{folder.name}/ has no README.md")
        elif len(readme.read_text().splitlines()) > README_LINES:
            problems.append(f"{folder.name}/README.md is not short")
    return problems


_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def links(root):
    """What a page of ours points at is there."""
    problems = []
    for file in tree.files(root, suffixes=[".md"]):
        folder = (pathlib.Path(root) / file.path).parent
        in_code = False
        for number, line in enumerate(file.lines(), 1):
            in_code ^= line.startswith("```")
            if in_code:  # where [&](int a) is a function
                continue
            for target in _LINK.findall(line):
                if "://" not in target and not (folder / target).exists():
                    problems.append(f"{file.path}:{number}: no {target}")
    return problems
