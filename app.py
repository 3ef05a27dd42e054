"""The app: which pages there are. Start it with `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from index.errors import UserFacingError
from index.settings import load_settings
from qa.settings import Settings
from ui.ask import ask_page
from ui.evals import evals_page
from ui.library import library_page
from ui.login import let_in
from ui.opening import open_chain, open_library_once, rebuild_settled_library
from ui.past import STAYED
from ui.shared import show_error
from ui.timeline import timeline_page

HERE = Path(__file__).parent
ICON, RESULTS = HERE / "ui" / "icon.svg", HERE / "evals" / "results"


def ask() -> None:
    """The page to ask on."""
    ask_page(open_library_once, open_chain, library)


def keep() -> None:
    """The page of the documents."""
    library_page(open_library_once, rebuild_settled_library)


def follow() -> None:
    """The page of what happened when."""
    timeline_page(open_library_once)


def weigh() -> None:
    """The page of the evals."""
    evals_page(RESULTS)


# A file of ours: Streamlit's own icons for the browser's tab are fetched from the network.
st.set_page_config(page_title="Dateline", page_icon=str(ICON), layout="centered")
library = st.Page(keep, title="Library", icon=":material/folder_open:", url_path="library")
events = st.Page(follow, title="Timeline", icon=":material/timeline:", url_path="timeline")
runs = st.Page(weigh, title="Evals", icon=":material/monitoring:", url_path="evals")
asking = st.Page(ask, title="Ask", icon=":material/search:", default=True)
page = st.navigation([asking, events, library, runs], position="top")
st.session_state[STAYED] = st.session_state.get("page") == page.title
st.session_state["page"] = page.title
try:
    if let_in(load_settings(Settings)):
        page.run()
except UserFacingError as error:
    show_error(error)
