"""The command line: `dateline ask`, `add`, `sync`, `doctor`, `app` and the rest. Start at `main.py`."""
