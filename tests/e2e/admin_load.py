"""What an operator does while the server is busy costs no request."""

import threading
import unittest

from admin_harness import AdminTest
from harness import Account, wait_for


class Load:
    """Threads that sign in, refresh and ask who they are until it ends."""

    def __init__(self, server, accounts):
        self.server, self.accounts = server, accounts
        self.failures, self.counts = [], {}
        self.over = threading.Event()
        tasks = [(self.sign_in, account) for account in accounts[:1]]
        tasks += [(self.refresh, account) for account in accounts]
        tasks += [(self.me, account) for account in accounts]
        self.threads = [threading.Thread(target=self.repeat, args=task)
                        for task in tasks]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def repeat(self, task, account):
        while not self.over.is_set():
            try:
                status, body = task(account)
            except Exception as error:  # a connection that broke is a failure
                status, body = 0, repr(error)
            if status != 200:
                self.failures.append((task.__name__, status, body))
            self.counts[task.__name__] = self.counts.get(task.__name__, 0) + 1

    def sign_in(self, account):
        return self.server.call("POST", "/api/auth/login/", {
            "email": account.email, "password": account.password})[:2]

    def refresh(self, account):
        status, body, _ = self.server.call(
            "POST", "/api/auth/token/refresh/", {"refresh": account.refresh})
        if status == 200:
            account.refresh, account.access = body["refresh"], body["access"]
        return status, body

    def me(self, account):
        return self.server.call("GET", "/api/auth/me/", headers={
            "Authorization": "Bearer " + account.access})[:2]

    def await_more(self):
        """Some more of each."""
        start = dict(self.counts)
        return wait_for(lambda: all(
            self.counts.get(name, 0) > start.get(name, 0) + 1
            for name in ("sign_in", "refresh", "me")))


class Keys:
    """Threads that issue keys and revoke some, and know what was answered."""

    def __init__(self, server, account):
        self.server, self.account = server, account
        self.issued, self.revoked, self.failures = [], [], []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(3)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        count = 0
        while not self.over.is_set():
            status, key, _ = self.server.call(
                "POST", "/api/auth/keys/", {"label": "load"},
                self.account.bearer)
            if status != 201:
                self.failures.append(status)
                continue
            self.issued.append(key)
            count += 1
            if count % 2 == 0:
                continue
            status, _, _ = self.server.call(
                "DELETE", f"/api/auth/keys/{key['id']}/",
                headers=self.account.bearer)
            if status != 204:
                self.failures.append(status)
            self.revoked.append(key)


class Backups(AdminTest):
    def test_one_made_under_load_keeps_what_was_issued_and_revives_nothing(self):
        server = self.serve()
        account = Account(server, "you")
        backup = self.folder / "monday.db"
        with Keys(server, account) as keys:
            self.assertTrue(wait_for(lambda: len(keys.revoked) > 20))
            before = list(keys.issued)
            done = self.admin("backup", "monday.db", cwd=self.folder)
            self.assertEqual(done.code, 0, done.err)
            seen = len(keys.revoked)
            self.assertTrue(wait_for(lambda: len(keys.revoked) > seen + 20))
        self.assertEqual(keys.failures, [])
        # One that the backup has alive is revoked after it.
        alive = [key for key in before if key not in keys.revoked]
        last = alive.pop()
        self.done("key", "revoke", last["id"])
        self.assert_fails(self.admin("restore", str(backup)),
                          "store_unavailable", "Stop the server")
        self.assertEqual(server.stop(), 0)
        restored = self.done("restore", str(backup))
        self.assertFalse(restored["all_revoked"])
        self.assertGreater(restored["replayed"], 20)
        server = self.serve()
        header = server.scheme.header
        self.assertGreater(len(alive), 10)
        for key in alive:
            self.assertEqual(self.status_of(server, {header: key["key"]}), 200)
        for key in [*keys.revoked, last]:
            self.assertEqual(self.status_of(server, {header: key["key"]}), 401)
        self.assertEqual(self.status_of(server, account.bearer), 401)

    def test_a_backup_replaces_no_file(self):
        self.filled()
        (self.folder / "taken.db").write_text("mine")
        self.assert_fails(self.admin("backup", str(self.folder / "taken.db")),
                          "already_exists")
        self.assertEqual((self.folder / "taken.db").read_text(), "mine")

    def test_what_is_no_backup_is_not_restored(self):
        self.filled()
        before = self.database.read_bytes()
        nothing = self.folder / "nothing.db"
        self.assert_fails(self.admin("restore", str(nothing)),
                          "backup_unusable")
        nothing.write_bytes(b"no database " * 100)
        self.assert_fails(self.admin("restore", str(nothing)),
                          "backup_unusable")
        self.assertEqual(self.database.read_bytes(), before)

    def test_without_the_log_every_key_is_revoked(self):
        account = self.filled()
        backup = self.folder / "monday.db"
        self.done("backup", str(backup))
        (self.folder / "auth.db.revoked").unlink()
        self.assert_fails(self.admin("restore", str(backup)),
                          "backup_unusable")
        done = self.done("restore", str(backup), "--without-revocation-log")
        self.assertTrue(done["all_revoked"])
        server = self.serve()
        self.assertEqual(self.status_of(server, account.key_header), 401)


class Rotation(AdminTest):
    def test_signing_keys_rotate_and_no_request_fails(self):
        server = self.serve()
        accounts = [Account(server) for _ in range(2)]
        with Load(server, accounts) as load:
            self.assertTrue(load.await_more())
            for ahead in ("0s", "0s", "1s"):
                self.done("signing-key", "rotate", "--publish-ahead", ahead)
                self.assertTrue(load.await_more())
            self.assertTrue(wait_for(lambda: self.done(
                "signing-key", "list")["signing_keys"][0]["state"]
                == "signing"))
            self.assertTrue(load.await_more())
        self.assertEqual(load.failures, [])
        keys = self.done("signing-key", "list")["signing_keys"]
        self.assertEqual([key["state"] for key in keys],
                         ["signing"] + ["retired"] * 3)
        self.assertEqual(self.status_of(server, accounts[0].bearer), 200)


if __name__ == "__main__":
    unittest.main()
