"""An auth server of ours on a free port of the loopback."""

import contextlib
import subprocess


@contextlib.contextmanager
def running(program, folder):
    """Yields its URL; ends it by its own process id."""
    process = subprocess.Popen(
        [program, "--listen", "127.0.0.1:0",
         "--database", f"sqlite:{folder}/auth.db"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            if line.startswith("listening on "):
                yield line.split()[2]
                break
        else:
            raise RuntimeError(f"{program} did not start")
    finally:
        process.terminate()
        process.communicate(timeout=30)
