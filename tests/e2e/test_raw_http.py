"""What is not a request is answered with 400 and the end of the connection."""

import json
import socket
import unittest

from harness import Answers, ServerTest, get, read_to_end

HEAD = b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
# What a smuggled request would be, were it taken for one.
NEXT = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


class Smuggling(ServerTest):
    """W13: what two servers could read differently."""

    def test_W13_content_length_and_transfer_encoding(self):
        for first, second in ((b"Content-Length: 4", b"Transfer-Encoding: chunked"),
                              (b"Transfer-Encoding: chunked", b"Content-Length: 4")):
            self.assert_refused(HEAD + first + b"\r\n" + second +
                                b"\r\n\r\n0\r\n\r\n" + NEXT)

    def test_W13_two_content_lengths(self):
        for values in ((b"2", b"2"), (b"2", b"3")):
            fields = b"".join(b"Content-Length: " + v + b"\r\n" for v in values)
            self.assert_refused(HEAD + fields + b"\r\n{}" + NEXT)

    def test_W13_content_length_that_is_no_number(self):
        for value in (b"+2", b"-1", b"2, 2", b"0x2", b"2 2", b"", b"1e1",
                      b"99999999999999999999999"):
            self.assert_refused(HEAD + b"Content-Length: " + value +
                                b"\r\n\r\n{}" + NEXT)

    def test_W13_transfer_encoding_other_than_chunked(self):
        for value in (b"gzip", b"chunked, identity", b"identity, chunked",
                      b"xchunked", b"chunked;q=1", b"\x0bchunked", b"chunke",
                      b"gzip, chunked", b'"chunked"'):
            self.assert_refused(HEAD + b"Transfer-Encoding: " + value +
                                b"\r\n\r\n0\r\n\r\n" + NEXT)

    def test_W13_two_transfer_encodings(self):
        self.assert_refused(HEAD + b"Transfer-Encoding: chunked\r\n" * 2 +
                            b"\r\n0\r\n\r\n" + NEXT)

    def test_W13_transfer_encoding_of_http_1_0(self):
        self.assert_refused(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked"
                            b"\r\n\r\n0\r\n\r\n" + NEXT)

    def test_W13_bare_line_feeds(self):
        self.assert_refused(b"GET /healthz HTTP/1.1\nHost: x\n\n" + NEXT)
        self.assert_refused(b"GET /healthz HTTP/1.1\r\nHost: x\n\r\n" + NEXT)
        self.assert_refused(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\nC: d"
                            b"\r\n\r\n" + NEXT)

    def test_W13_bare_carriage_return(self):
        self.assert_refused(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rC: d"
                            b"\r\n\r\n" + NEXT)

    def test_W13_chunk_extension_of_a_megabyte(self):
        self.assert_refused(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;x=" +
                            b"y" * 1_000_000 + b"\r\n{}\r\n0\r\n\r\n")

    def test_W13_broken_chunks(self):
        for body in (b"x\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n",
                     b"2\r\n{}x\r\n0\r\n\r\n", b"2 2\r\n{}\r\n0\r\n\r\n",
                     b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"):
            self.assert_refused(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" +
                                body)

    def test_a_chunked_body_is_read(self):
        answers = Answers(self.server.raw(
            HEAD + b"Content-Type: application/json\r\nConnection: close\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n"
            b"0\r\nX-Trailer: y\r\n\r\n"))
        self.assertEqual(answers.statuses, [400])
        self.assertIn("email", json.loads(answers.bodies[0]))


class Nonsense(ServerTest):
    def test_bytes_that_are_no_http(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 99,
                     b"\0", b"\xff\xfe\xfd", b" GET / HTTP/1.1\r\n\r\n",
                     b"{}\r\n\r\n", b"SSH-2.0-x\r\n\r\n",
                     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/1.1 \r\n\r\n",
                     b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                     b"GET / http/1.1\r\nHost: x\r\n\r\n",
                     b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n"):
            self.assert_refused(data)
        self.assert_serving()

    def test_fields_that_are_none(self):
        for field in (b"Name : x", b": x", b"Na me: x", b"Name", b"N\0: x",
                      b"N(): x", b"\xc3\xa4: x", b"Name: a\x01b", b"Name: a\x7fb"):
            self.assert_refused(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" +
                                field + b"\r\n\r\n")

    def test_one_host_is_named(self):
        self.assert_refused(b"GET /healthz HTTP/1.1\r\n\r\n")
        self.assert_refused(b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a"
                            b"\r\n\r\n")

    def test_a_request_that_is_cut_off(self):
        for data in (b"GET", b"GET / HTTP/1.1\r\nHost: x\r\n",
                     HEAD + b"Content-Length: 9\r\n\r\n{}",
                     HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"):
            self.assert_refused(data, half_close=True)

    def test_nothing_at_all_gets_no_answer(self):
        self.assertEqual(self.server.raw(b"", half_close=True), b"")
        self.assertEqual(self.server.raw(b"\r\n", half_close=True), b"")

    def test_noise_of_every_first_byte(self):
        for byte in range(256):
            data = self.server.raw(bytes([byte]) * 64, half_close=True)
            answers = Answers(data)
            self.assertIn(answers.statuses, ([400], []))
        self.assert_serving()

    def test_a_reset_in_the_middle(self):
        for data in (b"GET / HT", HEAD + b"Content-Length: 9\r\n\r\n{}", get("/")):
            connection = self.server.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  b"\1\0\0\0\0\0\0\0")
            connection.sendall(data)
            connection.close()
        self.assert_serving()


class Sizes(ServerTest):
    def test_W14_a_target_of_64_kib(self):
        self.assert_refused(get("/" + "a" * 65536), 431)

    def test_W14_ten_thousand_fields(self):
        self.assert_refused(get("/healthz", *["a:b"] * 10_000), 431)

    def test_a_head_of_60_kib_is_read(self):
        answers = Answers(self.server.raw(
            get("/healthz", "A: " + "b" * 60_000, "Connection: close")))
        self.assertEqual(answers.statuses, [200])

    def test_a_head_without_end(self):
        self.assert_refused(b"GET / HTTP/1.1\r\n" + b"A: " + b"b" * 200_000, 431)

    def test_a_body_over_the_limit_gets_an_answer_that_can_be_read(self):
        # The client reads only after it has sent everything, so nothing of
        # what it sends may be turned away.
        body = b"x" * (8 * 1024 * 1024)
        with self.server.connect() as connection:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" %
                               len(body) + body)
            self.assertEqual(Answers(read_to_end(connection)).statuses, [413])

    def test_a_chunked_body_over_the_limit(self):
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        self.assert_refused(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" +
                            chunk * 17 + b"0\r\n\r\n", 413)

    def test_a_body_at_the_limit_is_read(self):
        size = 1024 * 1024
        body = b'"' + b"x" * (size - 2) + b'"'
        answers = Answers(self.server.raw(
            HEAD + b"Content-Type: application/json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n" % size + body))
        self.assertEqual(answers.statuses, [400])
        self.assertIn(b"dictionary", answers.bodies[0])

    def test_continue_is_sent_to_whom_waits_for_it(self):
        with self.server.connect() as connection:
            connection.sendall(HEAD + b"Expect: 100-continue\r\nConnection: "
                               b"close\r\nContent-Type: application/json\r\n"
                               b"Content-Length: 2\r\n\r\n")
            self.assertTrue(
                connection.recv(99).startswith(b"HTTP/1.1 100 Continue\r\n\r\n"))
            connection.sendall(b"{}")
            self.assertTrue(connection.recv(99).startswith(b"HTTP/1.1 400 "))

    def test_continue_is_not_sent_for_a_body_over_the_limit(self):
        self.assert_refused(HEAD + b"Expect: 100-continue\r\n"
                            b"Content-Length: 2000000\r\n\r\n", 413)


class Connections(ServerTest):
    def test_requests_in_one_segment_are_answered_in_order(self):
        data = (get("/healthz") + get("/nowhere") + get("/readyz") +
                get("/healthz", "Connection: close"))
        self.assertEqual(Answers(self.server.raw(data)).statuses,
                         [200, 404, 200, 200])

    def test_a_hundred_requests_of_one_connection(self):
        data = get("/healthz") * 99 + get("/healthz", "Connection: close")
        self.assertEqual(Answers(self.server.raw(data)).statuses, [200] * 100)

    def test_a_request_that_comes_byte_by_byte(self):
        with self.server.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in (HEAD + b"Connection: close\r\nContent-Type: application"
                         b"/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
                         b"0\r\n\r\n"):
                connection.sendall(bytes([byte]))
            self.assertTrue(connection.recv(99).startswith(b"HTTP/1.1 400 "))

    def test_http_1_0_ends_the_connection_unless_asked(self):
        request = b"GET /healthz HTTP/1.0\r\n"
        self.assertEqual(
            Answers(self.server.raw(request + b"\r\n")).statuses, [200])
        kept = request + b"Connection: keep-alive\r\n\r\n"
        self.assertEqual(
            Answers(self.server.raw(kept + request + b"\r\n")).statuses,
            [200, 200])

    def test_empty_lines_before_a_request_are_skipped(self):
        data = b"\r\n\r\n" + get("/healthz", "Connection: close")
        self.assertEqual(Answers(self.server.raw(data)).statuses, [200])

    def test_head_has_the_fields_and_not_the_body(self):
        with self.server.connect() as connection:
            connection.sendall(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n"
                               b"Connection: close\r\n\r\n")
            received = b""
            while piece := connection.recv(4096):
                received += piece
        self.assertTrue(received.endswith(b"\r\n\r\n"))
        self.assertIn(b"Content-Type: application/json\r\n", received)
        self.assertNotIn(b"Content-Length: 0\r\n", received)

    def test_an_absolute_target_is_a_path(self):
        data = get("http://elsewhere.example/healthz?x", "Connection: close")
        self.assertEqual(Answers(self.server.raw(data)).statuses, [200])

    def test_health_takes_get_alone(self):
        status, body, headers = self.server.call("POST", "/healthz", {})
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD, OPTIONS"))
        self.assertEqual(body["code"], "method_not_allowed")

    def test_each_answer_has_an_id_and_a_date(self):
        first = self.server.call("GET", "/healthz")[2]
        second = self.server.call("GET", "/healthz")[2]
        self.assertNotEqual(first["X-Request-Id"], second["X-Request-Id"])
        self.assertRegex(first["Date"], r"^\w{3}, \d\d \w{3} \d{4} .* GMT$")


if __name__ == "__main__":
    unittest.main()
