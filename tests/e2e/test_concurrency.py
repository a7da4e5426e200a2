"""Many clients at once. Also run under thread sanitizer, whose reports end the
server with a code of its own."""

import http.client
import json
import threading
import time
import unittest

from harness import PATIENCE, Account, Server, ServerTest


def in_threads(count, work):
    """Runs work(number) in `count` threads; what one raised is raised here."""
    failures = []

    def guarded(number):
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(n,))
               for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Concurrency(ServerTest):
    flags = ["--limit-anonymous-per-address", "0", "--threads", "4",
             "--limit-passwords-per-address", "0"]

    def test_everybody_sees_only_themselves(self):
        def live(number):
            account = Account(self.server, f"tenant-{number}")
            connection = http.client.HTTPConnection(*self.server.address,
                                                    timeout=PATIENCE)
            for turn in range(100):
                headers = account.key_header if turn % 2 else account.bearer
                connection.request("GET", "/api/auth/me/", headers=headers)
                answer = connection.getresponse()
                body = json.loads(answer.read())
                self.assertEqual((answer.status, body["email"]),
                                 (200, account.email))
            self.server.call("DELETE", f"/api/auth/keys/{account.key_id}/",
                             headers=account.bearer)
            connection.request("GET", "/api/auth/me/",
                               headers=account.key_header)
            self.assertEqual(connection.getresponse().status, 401)
            connection.close()

        in_threads(8, live)

    def test_a_storm_of_sign_ins_delays_no_other_request(self):
        account = Account(self.server)
        storm_over = threading.Event()
        slowest = [0.0]

        def look():
            while not storm_over.is_set():
                began = time.monotonic()
                status, _, _ = self.server.call("GET", "/api/auth/me/",
                                                headers=account.key_header)
                slowest[0] = max(slowest[0], time.monotonic() - began)
                self.assertEqual(status, 200)

        def sign_in(_):
            body = {"email": account.email, "password": account.password}
            status, _, _ = self.server.call("POST", "/api/auth/login/", body)
            self.assertIn(status, (200, 503))

        looking = threading.Thread(target=look)
        looking.start()
        began = time.monotonic()
        try:
            in_threads(24, sign_in)
        finally:
            storm = time.monotonic() - began
            storm_over.set()
            looking.join()
        # Behind the storm, one of them would have waited for most of it.
        self.assertLess(slowest[0], storm / 3)

    def test_of_parallel_posts_of_one_refresh_token_none_forks_the_session(self):
        account = Account(self.server)
        successors = set()

        def refresh(_):
            status, body, _ = self.server.call(
                "POST", "/api/auth/token/refresh/",
                {"refresh": account.refresh})
            self.assertEqual(status, 200)
            successors.add(body["refresh"])

        in_threads(8, refresh)
        self.assertEqual(len(successors), 1)


class Ending(unittest.TestCase):
    def test_sigterm_under_load_loses_no_answer_that_was_begun(self):
        server = Server("--quiet")
        self.addCleanup(server.remove)
        account = Account(server)
        begun = threading.Barrier(5)

        def load(_):
            connection = http.client.HTTPConnection(*server.address,
                                                    timeout=PATIENCE)
            for turn in range(100_000):
                if turn == 20:
                    begun.wait(PATIENCE)
                try:
                    connection.request("GET", "/api/auth/me/",
                                       headers=account.key_header)
                    answer = connection.getresponse()
                except (ConnectionError, http.client.BadStatusLine):
                    return  # closed between two requests
                self.assertEqual(answer.status, 200)
                self.assertIn(b"email", answer.read())

        def end():
            begun.wait(PATIENCE)
            self.assertEqual(server.stop(), 0)

        in_threads(5, lambda n: end() if n == 0 else load(n))


if __name__ == "__main__":
    unittest.main()
