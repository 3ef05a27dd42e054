"""The tools, called by a client of the Model Context Protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from scripted import ScriptedChat
from serving import COURT, NINE, WITNESSES, open_engine, running

from serve.server import Server
from serve.tools import create_tools

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = open_engine(tmp_path_factory.mktemp("mcp"), ScriptedChat(script={"witnesses": [NINE], "": ["NOT FOUND"]}))
    yield opened
    opened.close()


def with_client(server, work):
    """What `work` gives of a client session."""

    from mcp import Client  # here, so that without it the module is skipped and not broken

    async def session():
        async with Client(server) as client:
            return await work(client)

    return anyio.run(session)


def call(engine, name, **arguments):
    return with_client(create_tools(Server(engine)), lambda client: client.call_tool(name, arguments))


def test_the_tools_are_listed_as_reading_only(engine):
    tools = with_client(create_tools(Server(engine)), lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"search", "ask", "get_document", "list_documents"}
    assert all(tool.annotations.read_only_hint and tool.description and tool.output_schema for tool in tools)


def test_an_answer_comes_with_its_quotes(engine):
    answer = call(engine, "ask", question=WITNESSES).structured_content
    assert (answer["text"], answer["status"]) == (NINE, "answered")
    assert answer["claims"][0]["citations"][0]["quote"] in COURT


def test_what_is_found_and_listed_can_be_read(engine):
    found = call(engine, "search", query="court witnesses", k=1, collections=["Court"]).structured_content
    doc_id = found["passages"][0]["doc_id"]
    listed = call(engine, "list_documents", limit=10).structured_content
    assert listed["total"] == 2 and doc_id in {one["doc_id"] for one in listed["documents"]}
    part = call(engine, "get_document", doc_id=doc_id, start=13).structured_content
    assert (part["text"], part["characters"]) == (COURT[13:], len(COURT))


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("get_document", {"doc_id": "ffffffff"}, "No document has the id"),
        ("search", {"query": "x", "collections": ["Sport"]}, "The collections are"),
        ("search", {"query": "x", "k": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_model(engine, name, arguments, words):
    result = call(engine, name, **arguments)
    assert result.is_error and words in result.content[0].text


def test_the_tools_are_served_over_http(engine):
    with running(create_tools(Server(engine)).streamable_http_app()) as address:
        answer = with_client(f"{address}/mcp", lambda client: client.call_tool("ask", {"question": WITNESSES}))
    assert answer.structured_content["text"] == NINE


def test_the_command_speaks_on_standard_input(tmp_path):
    """With an empty library in a process of its own, whose embedder is the tests'."""
    from mcp import StdioServerParameters

    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from fakes import HashingEmbedder\n"
        "from cli.common import State\n"
        "from cli.main import app\n"
        "from index.pipeline import open_library\n"
        "state = State(open_library=lambda settings, on_progress: open_library(settings.library, HashingEmbedder()))\n"
        "app(args=['--library', sys.argv[1], '--model', 'none', 'mcp'], obj=state)\n"
    )
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", program, str(tmp_path / "library")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [ROOT, *sys.path[1:]]))},
    )
    listed = with_client(command, lambda client: client.call_tool("list_documents", {}))
    assert listed.structured_content == {"total": 0, "documents": []}


def test_without_the_extra_the_command_that_installs_it_is_told(tmp_path):
    program = (
        "import importlib.util as util, sys\n"
        "real = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'fastapi' else real(name, *rest)\n"
        "from cli.main import main\n"
        "main(sys.argv[1:])\n"
    )
    for name in ("serve", "mcp"):
        told = subprocess.run(
            [sys.executable, "-c", program, name], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert told.returncode == 1
        assert told.stderr.strip().endswith('(fastapi). Install them: python -m pip install "dateline[serve]"')


def test_without_it_the_command_line_loads_nothing_of_it():
    heavy = "{'fastapi', 'mcp', 'uvicorn', 'starlette', 'prometheus_client', 'serve'}"
    told = f"import sys, cli.main, json; print(json.dumps(sorted({heavy} & {{*sys.modules}})))"
    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(loaded.stdout) == []
