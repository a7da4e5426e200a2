"""Finding keys in files, in standard input and in what git would commit."""

import json
import os
import subprocess
import unittest

from clonit_harness import CLONIT, Home
from key_text import checked

# Made once; no server knows them.
KEYS = [
    "clone_uAAAAAAAAAAAA" + "b" * 32,
    "clone_oBBBBBBBBBBBB" + "c" * 32,
]
KEY, OTHER = (checked(text) for text in KEYS)


class ScanTest(unittest.TestCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.remove)
        self.folder = self.home.folder / "here"
        self.folder.mkdir()

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes)
                         else content.encode())
        return path

    def scan(self, *arguments, code, **options):
        done = self.home.run("keys", "scan", *arguments,
                             cwd=self.folder, **options)
        self.assertEqual(done.code, code, done.out + done.err)
        for key in (KEY, OTHER):
            self.assertNotIn(key[20:], done.out + done.err)
        return done


class Files(ScanTest):
    def test_where_a_key_begins_is_told_and_only_its_public_part(self):
        self.write("a/config", f"x = 1\n  key: {KEY}\n{OTHER}")
        done = self.scan(".", code=1)
        self.assertEqual(done.out, f"./a/config:2:8: {KEY[:19]}\n"
                                   f"./a/config:3:1: {OTHER[:19]}\n")
        self.assertIn("revoke", done.err)

    def test_a_clean_folder_is_told_by_nothing(self):
        self.write("a", "clone_u" + "a" * 50)
        self.write("b", KEY[:-1] + ("a" if KEY[-1] != "a" else "b"))
        done = self.scan(".", code=0)
        self.assertEqual(done.out + done.err, "")

    def test_a_key_across_reads_and_in_binary_files_is_found(self):
        for at in (65535, 65536 - 20, 131072 - 56):
            self.write("big", b"\x00\xff" * (at // 2) + b"x" * (at % 2)
                       + KEY.encode() + b"\x00" * 70000)
            done = self.scan("big", code=1)
            self.assertEqual(done.out, f"big:1:{at + 1}: {KEY[:19]}\n")

    def test_standard_input_is_looked_at(self):
        for arguments in ([], ["-"]):
            done = self.scan(*arguments, code=1, stdin=f"\n{KEY}\n")
            self.assertEqual(done.out, f"-:2:1: {KEY[:19]}\n")

    def test_links_and_what_git_packs_are_passed_over(self):
        self.write(".git/objects/x", KEY)
        outside = self.home.folder / "outside"
        outside.write_text(KEY)
        (self.folder / "link").symlink_to(outside)
        (self.folder / "loop").symlink_to(self.folder)
        os.mkfifo(self.folder / "pipe")
        self.scan(".", code=0)
        self.scan("link", code=1)

    def test_programs_get_one_object(self):
        self.write("b", KEY)
        self.write("a", f"\n\n  {OTHER}")
        done = self.scan("--json", ".", code=1)
        self.assertEqual(done.json, {"findings": [
            {"file": "./a", "line": 3, "column": 3, "prefix": OTHER[:19]},
            {"file": "./b", "line": 1, "column": 1, "prefix": KEY[:19]}],
            "complete": True})
        self.assertEqual(self.scan("--json", code=0).json["findings"], [])

    def test_what_cannot_be_read_is_said(self):
        self.write("good", "x")
        done = self.scan("missing", "good", code=2)
        self.assertIn("cannot read missing", done.err)
        self.assertFalse(self.scan("--json", "missing", code=2)
                         .json["complete"])

    def test_a_name_cannot_steer_the_terminal(self):
        self.write("\x1b[31mred\xff", KEY)
        done = self.scan(".", code=1)
        self.assertNotIn("\x1b", done.out)
        json.loads(self.scan("--json", ".", code=1).out)

    def test_another_prefix_is_looked_for(self):
        self.write("a", KEY)
        self.scan("--prefix", "acme_", "a", code=0)
        self.scan("--prefix", "nonsense", "a", code=2)

    def test_memory_is_bounded(self):
        big = self.folder / "big"
        with open(big, "wb") as file:
            file.truncate(300 << 20)
        used = subprocess.run(
            ["/usr/bin/env", "python3", "-c",
             "import resource,subprocess,sys\n"
             "code = subprocess.run(sys.argv[1:]).returncode\n"
             "print(code, resource.getrusage("
             "resource.RUSAGE_CHILDREN).ru_maxrss)",
             str(CLONIT), "keys", "scan", str(big)],
            stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        self.assertEqual(used[0], "0")
        if "ASAN_OPTIONS" not in os.environ:
            self.assertLess(int(used[1]), 64 * 1024)


class Staged(ScanTest):
    """As a hook sees it."""

    def setUp(self):
        super().setUp()
        self.git("init", "-q")

    def git(self, *arguments, **options):
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com",
             *arguments], cwd=self.folder, check=True,
            env=self.home.environment({}), stdout=subprocess.PIPE, text=True,
            **options).stdout

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def test_the_index_is_looked_at_and_not_the_working_tree(self):
        self.write("a", KEY)
        self.scan("--staged", code=0)
        self.git("add", "a")
        self.write("a", "gone")
        done = self.scan("--staged", code=1)
        self.assertEqual(done.out, f"a:1:1: {KEY[:19]}\n")

    def test_only_what_the_commit_adds_is_told(self):
        self.write("a", KEY)
        self.write("old", OTHER)
        self.commit()
        self.write("a", f"{KEY}\nmore\n{OTHER}\n")
        self.git("add", "a")
        done = self.scan("--staged", code=1)
        self.assertEqual(done.out, f"a:3:1: {OTHER[:19]}\n")
        self.commit()
        self.scan("--staged", code=0)

    def test_names_are_from_the_top_wherever_it_is_run(self):
        self.write("deep/er/with space\nand line", KEY)
        self.git("add", "-A")
        done = self.home.run("keys", "scan", "--staged", "--json",
                             cwd=self.folder / "deep")
        self.assertEqual(done.json["findings"][0]["file"],
                         "deep/er/with space\nand line")

    def test_renames_deletions_links_modes_and_submodules_are_taken(self):
        self.write("moved", f"{KEY}\n" + "line\n" * 50)
        self.write("deleted", OTHER)
        self.write("mode", "x")
        self.commit()
        self.git("mv", "moved", "here now")
        self.git("rm", "-q", "deleted")
        (self.folder / "mode").chmod(0o755)
        (self.folder / "link").symlink_to(OTHER)
        self.git("add", "-A")
        self.git("update-index", "--add", "--cacheinfo",
                 "160000," + "1" * 40 + ",sub")
        done = self.scan("--staged", code=1)
        self.assertEqual(sorted(done.out.splitlines()),
                         [f"here now:1:1: {KEY[:19]}",
                          f"link:1:1: {OTHER[:19]}"])

    def test_many_and_large_files_are_taken(self):
        for i in range(300):
            self.write(f"f{i}", f"{i}\n" * 100)
        self.write("large", b"\x00" * (20 << 20) + KEY.encode())
        self.git("add", "-A")
        done = self.scan("--staged", code=1)
        self.assertEqual(done.out,
                         f"large:1:{(20 << 20) + 1}: {KEY[:19]}\n")

    def test_a_commit_is_held_up_by_the_hook(self):
        hook = self.write(".git/hooks/pre-commit",
                          f"#!/bin/sh\nexec {CLONIT} keys scan --staged\n")
        hook.chmod(0o755)
        self.write("a", "fine")
        self.commit()
        self.write("a", KEY)
        with self.assertRaises(subprocess.CalledProcessError):
            self.git("commit", "-qam", "x", stderr=subprocess.DEVNULL)

    def test_outside_of_a_repository_it_says_so(self):
        done = self.home.run("keys", "scan", "--staged", cwd=self.home.folder)
        self.assertEqual(done.code, 2, done.out)
        self.assertIn("git", done.err)


if __name__ == "__main__":
    unittest.main()
