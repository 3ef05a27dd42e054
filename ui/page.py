"""The process of the page: Streamlit, which ends when the command that started it does, however that ended.

Started by `cli.window` with a pipe as its standard input; nothing is ever written to it. When its other end is gone,
so is the command: closed by Ctrl-C, by its terminal, or killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

GRACE_S = 8.0
"""Seconds to let go of the model and the library in."""


def end_with_parent() -> None:
    """Wait for the end of standard input, then end this process."""
    try:
        while os.read(sys.stdin.fileno(), 1024):
            pass
    except OSError:
        pass  # a standard input that cannot be read has no other end either
    signal.raise_signal(signal.SIGTERM) if os.name == "nt" else os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    os._exit(1)


def main() -> None:
    """Run Streamlit with the arguments behind the first, which is the id of the command's process."""
    threading.Thread(target=end_with_parent, name="end with parent", daemon=True).start()
    sys.argv = ["streamlit", *sys.argv[2:]]
    from streamlit.web.cli import main as streamlit

    streamlit()


if __name__ == "__main__":
    main()
