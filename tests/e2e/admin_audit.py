"""The audit trail at the operator's command line."""

import sqlite3
import unittest

from admin_harness import AdminTest
from harness import Account


class Audit(AdminTest):
    def trail(self):
        """A trail of a few rows in a database that nobody serves."""
        server = self.serve()
        account = Account(server, "you")
        server.call("GET", "/api/auth/me/", headers=account.key_header)
        self.done("key", "revoke", account.key_id)
        self.done("account", "disable", account.email)
        self.assertEqual(server.stop(), 0)
        return account

    def tamper(self, *statements):
        with sqlite3.connect(self.database) as connection:
            connection.execute("DROP TRIGGER IF EXISTS audit_is_not_changed")
            connection.execute("DROP TRIGGER IF EXISTS audit_is_not_cut")
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def test_it_is_listed_newest_first_with_a_server_and_without(self):
        server = self.serve()
        account = Account(server, "you")
        self.done("key", "revoke", account.key_id)
        running = self.done("audit", "list")["audit"]
        self.assertEqual(server.stop(), 0)
        self.assertEqual(self.done("audit", "list")["audit"], running)
        self.assertEqual([row["action"] for row in running],
                         ["key_revoked", "key_issued"])
        self.assertEqual(running[0]["actor"], "operator")
        self.assertEqual(running[1]["address"], "127.0.0.1")
        self.assertEqual(
            len(self.done("audit", "list", "--limit", "1")["audit"]), 1)
        for arguments in (["--key", account.key_id],
                          ["--account", account.email]):
            self.assertEqual(
                self.done("audit", "list", *arguments)["audit"], running)
        self.assert_fails(self.admin("audit", "list", "--account", "x@y.zz"),
                          "not_found")
        self.assert_fails(self.admin("audit", "list", "--key", "x"),
                          "invalid_argument")

    def test_a_trail_that_holds_prints_its_head(self):
        self.trail()
        done = self.admin("audit", "verify")
        self.assertEqual(done.code, 0, done.err)
        self.assertRegex(done.out, r"^4\.[\w-]{43}\n$")
        head = done.out.strip()
        server = self.serve()
        self.assertEqual(self.done("audit", "verify", "--head", head),
                         {"rows": 4, "head": head})
        self.assertEqual(server.stop(), 0)
        self.assert_fails(self.admin("audit", "verify", "--head", "x"),
                          "invalid_argument")

    def test_the_first_broken_row_is_named(self):
        self.trail()
        self.tamper("UPDATE audit SET detail = 'x' WHERE sequence = 2")
        self.assert_fails(self.admin("audit", "verify"), "audit_broken",
                          "Row 2 of")
        server = self.serve()
        self.assert_fails(self.admin("audit", "verify"), "audit_broken",
                          "Row 2 of")
        # What it serves does not depend on it.
        self.assertEqual(server.call("GET", "/readyz")[0], 200)

    def test_a_cut_end_is_seen_with_a_head_that_was_kept(self):
        self.trail()
        head = self.admin("audit", "verify").out.strip()
        self.tamper("DELETE FROM audit WHERE sequence > 2")
        self.assertEqual(self.admin("audit", "verify").code, 0)
        self.assert_fails(self.admin("audit", "verify", "--head", head),
                          "audit_broken", "Row 3 of", "row 4")


if __name__ == "__main__":
    unittest.main()
