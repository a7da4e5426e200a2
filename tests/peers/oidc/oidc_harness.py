"""The peer as a process of its own, and a cloud that names it."""

import contextlib
import http.server
import json
import subprocess
import urllib.request

from harness import line_of, serving

_PATIENCE = 20


class Peer:
    """peer.mjs with these flags."""

    def __init__(self, program, *flags):
        # pylint: disable-next=consider-using-with
        self._process = subprocess.Popen(
            ["node", program, *flags], text=True, stdout=subprocess.PIPE)
        line = line_of(self._process.stdout)
        if not line.startswith("listening on "):
            self.end()
            raise AssertionError(f"the peer did not start: {line!r}")
        self.url = line.split()[-1]

    def end(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def call(self, path, data=None):
        with urllib.request.urlopen(self.url + path, data,
                                    _PATIENCE) as answer:
            return json.load(answer)

    def sign_in(self):
        """Tokens as after a sign-in."""
        return self.call("/_sign_in", b"")

    def counts(self):
        return self.call("/_counts")


class CloudFront:
    """A cloud that names its sign-in server, and has nothing else."""

    def __init__(self, issuer, client_id="native",
                 scope="openid offline_access"):
        config = json.dumps({"auth_url": issuer, "client_id": client_id,
                             "scope": scope}).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                found = self.path == "/api/v1/auth/config"
                body = config if found else b"{}"
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._serving = contextlib.ExitStack()
        self.url = self._serving.enter_context(serving(Handler))

    def end(self):
        self._serving.close()
