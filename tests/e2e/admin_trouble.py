"""Databases that cannot be worked on, sockets that are abused: each is said, and
none disturbs the server."""

import fcntl
import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import threading
import unittest

from admin_harness import AdminTest, admin, alter
from harness import SERVER, Account, read_to_end

TABLES = ("invites", "waitlist", "meta", "audit", "foreign_api_keys",
          "imported_api_keys", "imported_users", "legacy_tokens")


class Databases(AdminTest):
    def test_none_is_made_by_a_command(self):
        for arguments in (["account", "list"], ["invite", "create"],
                          ["signing-key", "list"]):
            self.assert_fails(self.admin(*arguments), "not_configured",
                              "no such database", "--database")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_newer_one_is_left_alone(self):
        self.filled()
        alter(self.database, "PRAGMA user_version=999")
        before = self.database.read_bytes()
        self.assert_fails(self.admin("account", "list"), "schema_unknown",
                          "999")
        self.assertEqual(self.database.read_bytes(), before)

    def test_an_older_one_is_brought_up_to_date(self):
        self.filled()
        alter(self.database, *(f"DROP TABLE {name}" for name in TABLES),
              "DROP INDEX api_keys_one_successor",
              *(f"ALTER TABLE api_keys DROP COLUMN {name}"
                for name in ("masked", "mac", "hashed_with", "rolled_from",
                             "overlap", "first_used_at")),
              "PRAGMA user_version=1")
        # That version wrote no log of revocations.
        pathlib.Path(f"{self.database}.revoked").unlink()
        self.assertEqual(len(self.done("invite", "create")["code"]), 24)
        self.assertEqual(len(self.done("account", "list")["accounts"]), 1)

    def test_one_that_is_no_database_is_said_to_be_none(self):
        self.database.write_bytes(b"this is not a database " * 100)
        self.assert_fails(self.admin("account", "list"), "store_unavailable",
                          "not a database")

    def test_one_without_its_key_file_is_not_given_another(self):
        self.filled()
        (self.folder / "auth.db.keys").unlink()
        self.assert_fails(self.admin("account", "list"), "config_malformed",
                          "auth.db.keys")

    def test_one_that_somebody_has_without_a_socket_is_said_to_be_taken(self):
        self.filled()
        with open(self.folder / "auth.db.keys", "rb") as keys:
            fcntl.flock(keys, fcntl.LOCK_EX)
            self.assert_fails(self.admin("account", "list"),
                              "store_unavailable", "does not answer",
                              "auth.db.admin")

    def test_two_commands_at_once_wait_for_each_other(self):
        self.filled()
        codes = []
        threads = [threading.Thread(target=lambda: codes.append(
            self.admin("invite", "create").code)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, [0] * 4)


class Socket(AdminTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve()

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        self.addCleanup(connection.close)
        connection.settimeout(20)
        connection.connect(str(self.socket))
        return connection

    def ask(self, data):
        connection = self.connect()
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)

    def assert_serving(self):
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)
        self.assertEqual(self.admin("account", "list").code, 0)

    def test_it_is_for_its_user_alone(self):
        state = os.stat(self.socket)
        self.assertTrue(stat.S_ISSOCK(state.st_mode))
        self.assertEqual(state.st_mode & 0o777, 0o600)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to be another user")
    def test_another_user_is_refused(self):
        os.chmod(self.folder, 0o755)
        os.chmod(self.database, 0o644)
        # The build folder may be one that only its owner enters.
        program = shutil.copy(SERVER, self.folder)
        done = self.admin("account", "list", program=program, user=65534,
                          group=65534, extra_groups=[], cwd="/")
        self.assert_fails(done, "permission_denied", "root")
        # Not even one who may open the file is answered.
        os.chmod(self.socket, 0o666)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            try:
                answer = self.ask(b'{"command":"account list"}\n')
            except BrokenPipeError:  # it was closed before it was asked
                answer = b""
            os.write(write, b"said:" + answer)
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(os.read(read, 1000), b"said:")
        os.close(read)
        os.close(write)

    def test_it_is_gone_after_a_graceful_end(self):
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse(self.socket.exists())

    def test_one_that_a_crash_left_is_replaced(self):
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()
        self.assertTrue(self.socket.exists())
        self.assertEqual(self.admin("account", "list").code, 0)
        self.server = self.serve()
        self.assert_serving()
        names = {path.name for path in self.folder.iterdir()}
        self.assertFalse([name for name in names if name.startswith(".")])

    def test_garbage_is_answered_and_disturbs_nobody(self):
        for data in (b"\n", b"{}\n", b"[" * 5000 + b"\n", b"\xff\x00\n",
                     b"GET / HTTP/1.1\r\n\r\n", b'{"command":7}\n',
                     b'{"command":"drop"}\n',
                     b'{"command":"account disable"}\n',
                     b'{"command":"invite create","uses":-1}\n',
                     b'{"command":"invite create","uses":1e400}\n',
                     b'{"command":"signing-key rotate",'
                     b'"publish_ahead":9223372036854775807}\n',
                     b"x" * 100_000, b'{"command":"account li', b""):
            answer = self.ask(data)
            if answer:
                self.assertIn("error", json.loads(answer), data[:60])
        self.assert_serving()

    def test_silent_connections_delay_neither_requests_nor_commands(self):
        silent = [self.connect() for _ in range(8)]
        silent[0].sendall(b'{"command":')
        self.assert_serving()
        self.assertEqual(self.server.stop(), 0)

    def test_more_silent_connections_than_it_serves_end_by_themselves(self):
        silent = [self.connect() for _ in range(40)]
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)
        for connection in silent:
            read_to_end(connection)
        self.assert_serving()


class Paths(AdminTest):
    def test_a_path_longer_than_an_address_holds_works(self):
        for folder in ("x" * 100, "y" * 200):
            self.folder = self.folder / folder
        self.folder.mkdir(parents=True)
        self.database = self.folder / "auth.db"
        self.socket = self.folder / "auth.db.admin"
        server = self.serve()
        Account(server, "you")
        self.assertTrue(self.socket.exists())
        self.assertEqual(len(self.done("account", "list")["accounts"]), 1)
        self.assertEqual(server.stop(), 0)
        self.assertFalse(self.socket.exists())

    def test_a_relative_path_means_the_same_file(self):
        self.serve()
        done = admin("auth.db", "account", "list", cwd=self.folder)
        self.assertEqual(done.code, 0, done.err)


if __name__ == "__main__":
    unittest.main()
