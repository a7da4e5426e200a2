"""Runs the commands of an operator against a database, with a server that has
it or without."""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

from harness import PATIENCE, SERVER, Account, Server


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


def admin(database, *arguments, stdin="", **options):
    """A command on this database."""
    program = options.pop("program", SERVER)
    done = subprocess.run(
        [str(program), "--database", f"sqlite:{database}", *arguments],
        input=stdin, text=True, stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE, timeout=PATIENCE, **options)
    return Done(done.returncode, done.stdout, done.stderr)


def alter(database, *statements):
    """Changes the file behind the program's back."""
    with sqlite3.connect(database) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


class AdminTest(unittest.TestCase):
    """Tests that have a folder for a database each."""

    flags = ["--limit-anonymous-per-address", "0",
             "--limit-passwords-per-account", "0",
             "--limit-passwords-per-address", "0"]

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.database = self.folder / "auth.db"
        self.socket = self.folder / "auth.db.admin"

    def serve(self, *flags):
        server = Server(*self.flags, *flags, folder=self.folder)
        self.addCleanup(server.stop)
        return server

    def admin(self, *arguments, **options):
        return admin(self.database, *arguments, **options)

    def done(self, *arguments, **options):
        """What a command that must not fail printed as JSON."""
        done = self.admin(*arguments, "--json", **options)
        self.assertEqual(done.code, 0, done.err)
        return done.json

    def assert_fails(self, done, word, *parts):
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertTrue(
            done.err.startswith(f"clone-auth-server: {word}: "), done.err)
        self.assertGreater(done.err.count("\n"), 1, "no remedy: " + done.err)
        for part in parts:
            self.assertIn(part, done.err)
        self.assertEqual(done.out, "")

    def filled(self):
        """A database with an account and a key, that nobody serves."""
        server = self.serve()
        account = Account(server, "you")
        self.assertEqual(server.stop(), 0)
        return account

    def status_of(self, server, headers):
        return server.call("GET", "/api/auth/me/", headers=headers)[0]
