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
