"""The pepper of API keys is rotated, with a server that has the database or
without, and whatever ends that server. CLONE_AUTH_KILLS is how often one is
killed (20)."""

import http.client
import os
import random
import threading
import time
import unittest

from admin_harness import AdminTest, alter
from harness import Account, wait_for

KEYS = 1000
KILLS = int(os.environ.get("CLONE_AUTH_KILLS", "20"))


def many(server, method, path, requests):
    """The statuses and bodies of requests on one connection."""
    connection = http.client.HTTPConnection(*server.address, timeout=60)
    for body, headers in requests:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        yield answer.status, answer.read()
    connection.close()


class Peppers(AdminTest):
    def ids(self):
        return [pepper["id"] for pepper in
                self.done("pepper", "list")["peppers"]]

    def is_done(self):
        listed = self.done("pepper", "list")
        return not listed["rotating"] and len(listed["peppers"]) == 1

    def test_one_is_rotated_without_a_server(self):
        account = self.filled()
        self.assertEqual(self.ids(), [1])
        self.assertEqual(self.done("pepper", "rotate"), {"id": 2, "rows": 1})
        self.assertEqual(self.ids(), [2])
        server = self.serve()
        self.assertEqual(self.status_of(server, account.key_header), 200)

    def test_one_is_rotated_while_a_server_runs(self):
        server = self.serve()
        account = Account(server)
        self.assertEqual(self.done("pepper", "rotate"), {"id": 2, "rows": 1})
        self.assertTrue(wait_for(self.is_done))
        self.assertEqual(self.ids(), [2])
        self.assertEqual(self.status_of(server, account.key_header), 200)
        self.assert_fails(self.admin("pepper", "drop", "7"), "not_found")
        self.assert_fails(self.admin("pepper", "drop", "2"),
                          "rotation_pending")

    def test_an_edited_row_is_told_of_and_refused(self):
        account = self.filled()
        alter(self.database, "UPDATE api_keys SET permissions = 'keys'")
        server = self.serve()
        self.assertIn("API keys refused because somebody edited their rows: 1",
                      server.log())
        self.assertEqual(self.status_of(server, account.key_header), 401)

    def test_K27_no_kill_loses_a_key(self):
        server = self.serve()
        account = Account(server)
        issue = ('{"label":"a"}', {"Content-Type": "application/json",
                                   **account.bearer})
        keys = []
        for status, body in many(server, "POST", "/api/auth/keys/",
                                 [issue] * KEYS):
            self.assertEqual(status, 201, body)
            keys.append(body.split(b'"key":"')[1].split(b'"')[0].decode())
        chance = random.Random(27)
        for kill in range(KILLS):
            command = threading.Thread(
                target=self.admin, args=("pepper", "rotate"))
            command.start()
            time.sleep(chance.uniform(0, 0.15))
            server.process.kill()
            server.process.wait()
            command.join()
            server = self.serve()
            for status, body in many(
                    server, "GET", "/api/auth/me/",
                    [(None, {"X-Clone-API-Key": key}) for key in keys]):
                self.assertEqual(status, 200, (kill, body))
            # Every other one is killed again while it goes on.
            if kill % 2 == 0:
                self.assertTrue(wait_for(self.is_done))
        self.assertTrue(wait_for(self.is_done))
        self.assertEqual(self.done("pepper", "list")["peppers"][0]["rows"],
                         KEYS + 1)


if __name__ == "__main__":
    unittest.main()
