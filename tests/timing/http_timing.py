#!/usr/bin/env python3
"""K01 in time, over HTTP: http_timing.py SERVER [--samples N]

Unknown and altered keys in random order over one connection, N of each; prints
Welch's t of how long their answers take. It judges nothing.
"""

import argparse
import http.client
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))

from key_text import BASE62, checked  # noqa: E402  (found by the line above)

_KEPT = 0.95
_STORED = 50
_NAMED = 19  # prefix, kind and public id


def letters(count):
    return "".join(random.choices(BASE62, k=count))


def unknown(_):
    return checked("clone_u" + letters(44))


def altered(issued):
    return checked(random.choice(issued)[:_NAMED] + letters(32))


class Client:
    def __init__(self, url):
        self.connection = http.client.HTTPConnection(url[len("http://"):])

    def call(self, method, path, headers, body=None):
        text = json.dumps(body) if body is not None else None
        if text is not None:
            headers = {**headers, "Content-Type": "application/json"}
        self.connection.request(method, path, text, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def issue(self, count):
        you = {"email": "you@example.com", "password": "only for one run"}
        self.call("POST", "/api/auth/signup/", {}, you)
        _, tokens = self.call("POST", "/api/auth/login/", {}, you)
        bearer = {"Authorization": "Bearer " + json.loads(tokens)["access"]}
        issued = [self.call("POST", "/api/auth/keys/", bearer, {"label": "a"})
                  for _ in range(count)]
        return [json.loads(body)["key"] for _, body in issued]

    def time(self, key):
        start = time.perf_counter_ns()
        status, _ = self.call("GET", "/api/auth/me/",
                              {"X-Clone-API-Key": key})
        taken = time.perf_counter_ns() - start
        assert status == 401
        return taken / 1000


def welch(first, second):
    error = (statistics.variance(first) / len(first)
             + statistics.variance(second) / len(second))
    difference = statistics.mean(first) - statistics.mean(second)
    return difference / math.sqrt(error) if error else 0.0


def measure(client, samples):
    issued = client.issue(_STORED)
    kinds = [unknown] * samples + [altered] * samples
    random.shuffle(kinds)
    times = {unknown: [], altered: []}
    for kind in kinds:
        times[kind].append(client.time(kind(issued)))
    everything = sorted(times[unknown] + times[altered])
    limit = everything[int(_KEPT * (len(everything) - 1))]
    kept = [[t for t in times[kind] if t <= limit]
            for kind in (unknown, altered)]
    print("over HTTP        unknown {:7.1f} us, altered {:7.1f} us, "
          "{} samples, t = {:.2f}".format(
              *map(statistics.mean, kept), len(everything), welch(*kept)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server", type=pathlib.Path)
    parser.add_argument("--samples", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with subprocess.Popen(
                [options.server.resolve(), "--listen", "127.0.0.1:0",
                 "--quiet", "--threads", "1",
                 "--database", f"sqlite:{folder}/auth.db"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True) as process:
            try:
                url = process.stdout.readline().split()[-1]
                measure(Client(url), options.samples)
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
