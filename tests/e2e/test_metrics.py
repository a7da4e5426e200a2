"""/metrics is what Prometheus reads, counts what happened, and tells of nobody."""

import http.client
import re
import socket
import unittest

from harness import Account, Answers, Server, read_to_end, wait_for

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
NUMBER = r"[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf|NaN)"
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? ({NUMBER})")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


class Metrics:
    """The text, read strictly: one HELP and TYPE before each family's samples,
    nothing twice, names with their units."""

    def __init__(self, text):
        assert text.endswith("\n")
        self.types, self.samples = {}, {}
        family = None
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if line.startswith("# HELP "):
                family = line.split()[2]
                assert family not in self.types, f"twice: {family}"
                following = lines[number + 1]
                assert following.startswith(f"# TYPE {family} "), following
            elif line.startswith("# TYPE "):
                self.types[family] = line.split()[3]
            else:
                self.sample(family, line)

    def sample(self, family, line):
        matched = SAMPLE.fullmatch(line)
        assert matched, f"not a sample: {line!r}"
        name, labels, value = matched.groups()
        allowed = SUFFIXES.get(self.types[family], ("",))
        assert name in [family + suffix for suffix in allowed], line
        key = (name, tuple(sorted(re.findall(LABEL, labels or ""))))
        assert key not in self.samples, f"twice: {line}"
        self.samples[key] = float(value)

    def value(self, name, **labels):
        wanted = tuple(sorted(f'{k}="{v}"' for k, v in labels.items()))
        return self.samples.get((name, wanted), 0)


class MetricsTest(unittest.TestCase):
    def setUp(self):
        self.server = Server("--metrics-listen", "127.0.0.1:0")
        self.addCleanup(self.server.remove)
        line = self.server.process.stdout.readline()
        self.assertRegex(line, r"^metrics on http://127\.0\.0\.1:\d+/metrics$")
        self.address = ("127.0.0.1", int(re.search(r":(\d+)/", line)[1]))

    def get(self, path="/metrics", method="GET"):
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        self.addCleanup(connection.close)
        connection.request(method, path)
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def metrics(self):
        answer, text = self.get()
        self.assertEqual(answer.status, 200)
        return Metrics(text)

    def counted(self, name, **labels):
        return self.metrics().value(name, **labels)

    def test_the_text_is_of_the_format_and_names_follow_the_conventions(self):
        Account(self.server)
        answer, text = self.get()
        self.assertEqual(answer.headers["Content-Type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        metrics = Metrics(text)
        for name, kind in metrics.types.items():
            self.assertRegex(name, r"^(clone_auth|process)_[a-z_]+$")
            self.assertEqual(name.endswith("_total"), kind == "counter", name)

    def test_requests_are_counted_by_method_route_and_status(self):
        account = Account(self.server)
        for _ in range(3):
            self.server.call("GET", "/api/auth/me/", headers=account.bearer)
        self.server.call("GET", "/api/auth/me?x=1", headers=account.bearer)
        self.server.call("GET", f"/api/auth/keys/{account.key_id}/",
                         headers=account.bearer)
        self.server.call("GET", "/api/auth/me/")
        name = "clone_auth_http_requests_total"
        counted = {("GET", "/api/auth/me/", "2xx"): 4,
                   ("GET", "/api/auth/me/", "4xx"): 1,
                   ("GET", "/api/auth/keys/{id}/", "2xx"): 1,
                   ("POST", "/api/auth/signup/", "2xx"): 1,
                   ("POST", "/api/auth/login/", "2xx"): 1,
                   ("POST", "/api/auth/keys/", "2xx"): 1}
        for (method, route, status), count in counted.items():
            # A request is counted once its answer was sent.
            self.assertTrue(wait_for(lambda: self.counted(
                name, method=method, route=route, status=status) == count),
                (method, route, status))

    def test_every_endpoint_has_a_route_of_its_own(self):
        paths = ["/api/auth/me/", "/api/auth/token/refresh/",
                 "/api/auth/keys/", "/api/auth/login/", "/api/auth/logout/",
                 "/api/auth/signup/", "/api/auth/invite/validate/",
                 "/api/auth/waitlist/", "/.well-known/jwks.json", "/healthz",
                 "/readyz"]
        for path in paths:
            self.assertNotEqual(self.server.call("GET", path)[0], 404)
        for path in paths:
            self.assertTrue(wait_for(lambda: self.counted(
                "clone_auth_http_request_duration_seconds_count",
                route=path) == 1), path)

    def test_what_a_client_makes_up_is_no_label(self):
        for target in ("/secret-canary", "/api/auth/keys/secret-canary",
                       '/secret-canary"\\'):
            self.server.raw(f"CANARY {target} HTTP/1.1\r\nHost: x\r\n"
                            "Connection: close\r\n\r\n".encode())
        account = Account(self.server)
        text = self.get()[1]
        Metrics(text)
        self.assertNotIn("canary", text.lower())
        for secret in [account.email, account.key_id, *account.secrets]:
            self.assertNotIn(secret, text)

    def test_a_histogram_is_cumulative_and_agrees_with_its_count(self):
        for _ in range(5):
            self.server.call("GET", "/healthz")
        name = "clone_auth_http_request_duration_seconds"
        self.assertTrue(wait_for(
            lambda: self.counted(name + "_count", route="/healthz") == 5))
        metrics = self.metrics()
        buckets = [(float(re.search(r'le="([^"]+)"', str(key))[1]), value)
                   for key, value in metrics.samples.items()
                   if key[0] == name + "_bucket" and 'route="/healthz"' in key[1]]
        self.assertEqual(buckets, sorted(buckets))
        counts = [count for _, count in buckets]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(buckets[-1], (float("inf"), 5))
        self.assertGreater(metrics.value(name + "_sum", route="/healthz"), 0)

    def test_refusals_are_counted_by_reason(self):
        self.server.call("GET", "/api/auth/me/")
        self.server.call("GET", "/nothing")
        for reason in ("credential_missing", "not_found"):
            self.assertTrue(wait_for(lambda: self.counted(
                "clone_auth_refusals_total", reason=reason) == 1), reason)

    def test_gauges_tell_how_it_is_now(self):
        before = self.counted("clone_auth_connections_open")
        with self.server.connect():
            self.assertTrue(wait_for(lambda: self.counted(
                "clone_auth_connections_open") == before + 1))
        self.assertTrue(wait_for(lambda: self.counted(
            "clone_auth_connections_open") == before))
        Account(self.server)
        metrics = self.metrics()
        for name in ("accounts", "sessions_open", "api_keys", "signing_keys"):
            self.assertEqual(metrics.value("clone_auth_" + name), 1, name)
        for name in ("resident_memory_bytes", "open_fds", "max_fds",
                     "cpu_seconds_total", "start_time_seconds"):
            self.assertGreater(metrics.value("process_" + name), 0, name)

    def test_bodies_that_are_large_are_counted_while_they_are_here(self):
        size = 500_000
        with self.server.connect() as connection:
            connection.sendall(b"POST /api/auth/login/ HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Type: application/json\r\n"
                               b"Content-Length: 600000\r\n\r\n" + b"x" * size)
            self.assertTrue(wait_for(lambda: self.counted(
                "clone_auth_large_body_bytes") >= size))
        self.assertTrue(wait_for(lambda: self.counted(
            "clone_auth_large_body_bytes") == 0))

    def test_only_metrics_are_there_and_not_on_the_port_of_the_service(self):
        self.assertEqual(self.server.call("GET", "/metrics")[0], 404)
        for path, method, status in (("/", "GET", 404),
                                     ("/api/auth/me/", "GET", 404),
                                     ("/metrics", "POST", 405),
                                     ("/metrics", "HEAD", 200)):
            self.assertEqual(self.get(path, method)[0].status, status, path)

    def test_garbage_and_silence_disturb_nobody(self):
        silent = [socket.create_connection(self.address) for _ in range(8)]
        for connection in silent:
            self.addCleanup(connection.close)
        for data in (b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\n\r\n"):
            with socket.create_connection(self.address, timeout=20) as bad:
                bad.sendall(data)
                bad.shutdown(socket.SHUT_WR)
                self.assertEqual(Answers(read_to_end(bad)).statuses, [400])
        self.metrics()
        self.assertEqual(self.server.call("GET", "/healthz")[0], 200)
        self.assertEqual(self.server.stop(), 0)


class Ports(unittest.TestCase):
    def test_one_that_is_taken_ends_the_start(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with self.assertRaisesRegex(AssertionError, "cannot listen"):
                Server("--metrics-listen", f"127.0.0.1:{port}")


if __name__ == "__main__":
    unittest.main()
