"""Answers for other programs: over HTTP, in the OpenAI protocol, and as tools of the Model Context Protocol.

Start at `serve/app.py`. Needs the extra `dateline[serve]`; nothing else of Dateline imports it.
"""
