"""Whoever is slow waits for a while and hinders nobody."""

import select
import time
import unittest

from harness import (Answers, Server, ServerTest, get, read_to_end,
                     wait_for)


def answered(connections):
    """Those that have something to read."""
    return select.select(connections, [], [], 0)[0]


class SlowClients(ServerTest):
    flags = ["--header-timeout", "2s", "--body-timeout", "2s",
             "--idle-timeout", "2s", "--write-timeout", "2s"]

    def serve_others(self, count=50):
        """The longest that one of `count` requests took, in seconds."""
        longest = 0
        for _ in range(count):
            began = time.monotonic()
            self.assert_serving()
            longest = max(longest, time.monotonic() - began)
        return longest

    def test_W14_slowloris_of_500_connections(self):
        starts = [b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", b"G",
                  b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
                  b"Content-Length: 100\r\n\r\n{"]
        slow = [self.server.connect() for _ in range(500)]
        try:
            for number, connection in enumerate(slow):
                connection.sendall(starts[number % len(starts)])
            self.assertLess(self.serve_others(), 1)
            for connection in slow:
                self.assertEqual(Answers(read_to_end(connection)).statuses,
                                 [408])
        finally:
            for connection in slow:
                connection.close()

    def test_large_bodies_take_bounded_memory_and_keep_out_no_small_one(self):
        server = Server("--threads", "1")
        self.addCleanup(server.remove)
        head = (b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
                b"Content-Type: application/json\r\n"
                b"Content-Length: 1000001\r\n\r\n")
        before = server.memory()
        clients = [server.connect() for _ in range(250)]
        try:
            for client in clients:
                client.sendall(head + b" " * 1_000_000)
            # All that cannot be held is refused, whichever came first.
            held = (64 << 20) // 1_000_000
            self.assertTrue(wait_for(
                lambda: len(answered(clients)) >= len(clients) - held))
            refused = Answers(read_to_end(answered(clients)[0]))
            self.assertEqual(refused.statuses, [503])
            self.assertIn("Retry-After: 1", refused.heads[0])
            # All of them are 250 MB. What is held may lie in blocks of up to
            # twice its size, and the allocator keeps some of what was freed.
            self.assertLess(server.memory() - before, 200 << 20)
            self.assertEqual(server.call("POST", "/api/auth/login/", {})[0],
                             400)
        finally:
            for client in clients:
                client.close()
        # Their places are free again.
        large = (head.replace(b"Host", b"Connection: close\r\nHost") +
                 b" " * 1_000_001)
        self.assertTrue(wait_for(
            lambda: Answers(server.raw(large)).statuses == [400]))

    def test_W14_one_byte_now_and_then_does_not_help(self):
        with self.server.connect() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nA: ")
            began = time.monotonic()
            while not select.select([connection], [], [], 0.2)[0]:
                connection.sendall(b"b")
                self.assertLess(time.monotonic() - began, 10)
            self.assertTrue(connection.recv(99).startswith(b"HTTP/1.1 408 "))

    def test_idle_connections_are_closed_without_a_word(self):
        with self.server.connect() as silent, self.server.connect() as served:
            served.sendall(get("/healthz"))
            self.assertEqual(read_to_end(silent), b"")
            self.assertEqual(Answers(read_to_end(served)).statuses, [200])

    def test_a_client_that_takes_no_answer_is_left(self):
        with self.server.connect() as connection:
            connection.settimeout(0.5)
            flood = get("/healthz") * 1000
            try:
                for _ in range(1000):
                    connection.sendall(flood)
            except TimeoutError:
                pass  # both buffers are full: the server waits for us
            else:
                self.fail("the server read on without being read")
            self.assertLess(self.serve_others(), 1)
            connection.settimeout(20)
            # What was in the buffers still comes, then the end.
            self.assertGreater(len(read_to_end(connection)), 0)


class FewDescriptors(unittest.TestCase):
    def test_more_connections_than_descriptors_are_waited_out(self):
        server = Server(descriptors=40)
        self.addCleanup(server.remove)
        crowd = [server.connect() for _ in range(200)]
        for connection in crowd:
            connection.close()
        self.assertEqual(server.call("GET", "/healthz")[0], 200)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
