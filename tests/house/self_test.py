#!/usr/bin/env python3
"""Every check finds the fault in a tree that has one, and none in a good one.

Each sample is a tree of one or two files. Words that a check looks for are
put together here, so that this file is not a finding itself.
"""

import pathlib
import shutil
import stat
import tempfile
import unittest

from check import CHECKS

_TODO = "TO" + "DO"
_LONG_FUNCTION = "int f() {\n" + "  g();\n" * 61 + "}\n"

# check, what is wrong, {path: text}, arguments
BAD = [
    ("layers", "a lower module reaches up",
     {"src/base/a.cc": '#include "jwt/b.h"\n'}, []),
    ("layers", "two modules of one layer know each other",
     {"src/apikey/a.cc": '#include "clone/jwt.h"\n'}, []),
    ("layers", "the service uses a private header",
     {"src/service/a.cc": '#include "base/url.h"\n'}, []),
    ("layers", "a module without a place", {"src/odd/a.cc": "\n"}, []),
    ("layers", "a header without a place", {"src/base/a.cc":
                                            '#include "odd/b.h"\n'}, []),
    ("layers", "a fake uses a private header",
     {"src/testing/a.cc": '#include "base/url.h"\n'}, []),
    ("layers", "the library knows the fakes",
     {"src/jwt/a.cc": '#include "clone/testing/fake_clock.h"\n'}, []),
    ("layers", "a header in a folder without a place",
     {"include/clone/testing/clock.h": "#pragma once\n"}, []),
    ("layers", "a public header reaches up",
     {"include/clone/clock.h": '#include "clone/jwt.h"\n'}, []),
    ("vendors", "curl outside of http",
     {"src/rest/a.cc": "#include <curl/curl.h>\n"}, []),
    ("vendors", "SQLite outside of its folder",
     {"src/service/a.cc": "#include <sqlite3.h>\n"}, []),
    ("vendors", "simdjson in quotes",
     {"src/jwt/a.cc": '#include "simdjson.h"\n'}, []),
    ("vendors", "abseil outside of the service",
     {"src/jwt/a.cc": '#include "absl/time/time.h"\n'}, []),
    ("vendors", "a library that nobody uses",
     {"src/jwt/a.cc": "#include <nlohmann/json.hpp>\n"}, []),
    ("public_headers", "a vendor's header",
     {"include/clone/a.h": '#include "absl/status/status.h"\n'}, []),
    ("public_headers", "a system header",
     {"include/clone/a.h": "#include <unistd.h>\n"}, []),
    ("public_headers", "C++ in a header for C",
     {"include/clone/c_base.h": "#include <string>\n"}, []),
    ("layers", "the C interface uses a private header",
     {"src/capi/a.cc": '#include "base/url.h"\n'}, []),
    ("names", "the namespace that cannot be",
     {"src/base/a.cc": "namespace " + "clone {}\n"}, []),
    ("names", "the same, nested",
     {"src/base/a.cc": "namespace " + "clone::a {}\n"}, []),
    ("names", "a macro that may be somebody's",
     {"src/base/a.h": "#define CLONE_" + "VM 1\n"}, []),
    ("names", "an option that may be somebody's",
     {"CMakeLists.txt": "option(CLONE_" + "X \"\" ON)\n"}, []),
    ("rows", "a row without a test",
     {"docs/security-testing.md": "| R98 | a rule | |\n"}, []),
    ("rows", "a row whose test came later",
     {"docs/security-testing.md": "| K98 | a rule | none: too early |\n",
      "tests/a.cc": "TEST_F(Some,\n       K98_" "Rule) {}\n"}, []),
    ("rows", "a test without a row",
     {"docs/security-testing.md": "\n",
      "tests/a.py": "    def " "test_K98_rule(self):\n"}, []),
    ("leftovers", "a note to oneself",
     {"src/base/a.cc": f"// {_TODO}: later\n"}, []),
    ("machine_paths", "a home folder",
     {"docs/a.md": "see /ho" + "me/me/tree\n"}, []),
    ("machine_paths", "root's folder",
     {"tests/a.sh": "cd /ro" + "ot/x\n"}, []),
    ("lengths", "a long file", {"src/base/a.cc": "\n" * 401}, []),
    ("lengths", "a long function", {"src/base/a.cc": _LONG_FUNCTION}, []),
    ("mirror", "code without tests", {"src/base/a.cc": "\n"}, []),
    ("readmes", "none", {"src/a.cc": "\n"}, []),
    ("readmes", "a long one", {"src/README.md": "x\n" * 40}, []),
    ("links", "a page that is not there",
     {"docs/a.md": "```sh\nls\n```\n[b](b.md)\n"}, []),
    ("formatting", "a line of its own making",
     {"src/base/a.cc": "int  x=1 ;\n"}, []),
    ("headers_alone", "a header that needs another",
     {"include/clone/a.h": "#pragma once\nstd::string F();\n"}, ["g++", "17"]),
    ("headers_together", "two headers that define one thing",
     {"include/clone/a.h": "#pragma once\nstruct A {};\n",
      "include/clone/b.h": "#pragma once\nstruct A;\nstruct A {};\n"}, ["g++", "20"]),
    ("reasons", "a page that is not what is printed",
     {"docs/reasons.md": "old\n", "print": "#!/bin/sh\necho new\n"},
     ["{root}/print"]),
]

GOOD = {
    ".clang-format": "BasedOnStyle: Google\n",
    "include/clone/clock.h": "#pragma once\n\n#include <string>\n",
    "include/clone/c_base.h": "#pragma once\n\n#include <stddef.h>\n",
    "include/clone/testing/fake_clock.h":
        '#pragma once\n\n#include "clone/clock.h"\n',
    "include/README.md": "short\n",
    "src/base/a.cc": '#include <sys/stat.h>\n\n#include "clone/clock.h"\n'
                     "\nnamespace clone_auth {\nint F() { return 1; }\n}  // namespace clone_auth\n",
    "src/json/a.cc": '#include "base/url.h"\n#include "simdjson.h"\n',
    "src/service/a.cc": '#include "clone/clock.h"\n#include "service/b.h"\n',
    "src/README.md": "[base](base/a.cc)\n```cpp\n[&](int a) {}\n```\n",
    "tests/unit/base/a_test.cc": "",
    "tests/unit/json/a_test.cc": "",
    "tests/unit/service/a_test.cc": "",
    "tests/README.md": "see https://example.com/root/\n",
    "docs/reasons.md": "new\n",
    "docs/README.md": "short\n",
    "print": "#!/bin/sh\necho new\n",
}

ARGUMENTS = {"headers_alone": ["g++", "17"],
             "headers_together": ["g++", "20"], "reasons": ["{root}/print"]}


class House(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)

    def problems(self, name, files, arguments):
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return CHECKS[name](self.root, *(
            a.format(root=self.root) for a in arguments))

    def test_every_check_has_a_bad_sample(self):
        self.assertEqual(set(CHECKS), {name for name, *_ in BAD})


def _add(test_name, name, files, arguments, bad):
    def test(self):
        found = self.problems(name, files, arguments)
        (self.assertTrue if bad else self.assertFalse)(found, found)
    setattr(House, test_name, test)


for check, wrong, sample, args in BAD:
    _add(f"test_{check}_finds_{wrong.replace(' ', '_')}", check, sample, args,
         True)
for check in CHECKS:
    _add(f"test_{check}_lets_a_good_tree_pass", check, GOOD,
         ARGUMENTS.get(check, []), False)


if __name__ == "__main__":
    unittest.main()
