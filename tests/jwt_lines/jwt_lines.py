"""The program jwt-lines, driven line by line or with many lines at once."""

import json
import os
import subprocess
import time

PROGRAM = os.path.join(os.environ["CLONE_AUTH_BIN"], "jwt-lines")
#: The program by each of the library's interfaces.
MODES = {"C++": [PROGRAM], "C": [PROGRAM, "--c-abi"]}


def verify_line(row):
    """What a row of jwt_attacks.jsonl asks."""
    request = {name: row[name]
               for name in ("token", "iss", "aud", "typ", "leeway", "now")}
    return json.dumps({"op": "verify", "jwks": row["keys"],
                       "algs": row["alg_allowed"], **request})


def run(command, lines, last=""):
    """The answers to lines that are known beforehand; `last` gets no end."""
    text = "".join(f"{line}\n" for line in lines) + last
    done = subprocess.run(command, input=text, text=True, encoding="utf-8",
                          check=True, stdout=subprocess.PIPE)
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


class Session:
    """A running program that is asked one line after another."""

    def __init__(self, command):
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # What a process used is known by a clock of its own, see
        # clock_getcpuclockid(3).
        self._clock = (~self._process.pid << 3) | 2

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self.status = self._process.wait()

    def ask_raw(self, line):
        """The answer's own text, without the end of its line."""
        self._process.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().decode()[:-1]

    def ask(self, **request):
        return json.loads(self.ask_raw(json.dumps(request)))

    def timed(self, line):
        """The answer and the milliseconds of processor time that it took."""
        began = time.clock_gettime(self._clock)
        answer = json.loads(self.ask_raw(line))
        return answer, (time.clock_gettime(self._clock) - began) * 1000
