"""The app: which pages there are. Start it with `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.ask import ask_page
from ui.library import library_page
from ui.opening import open_chain, open_settled_library_once, rebuild_settled_library

ICON = Path(__file__).parent / "ui" / "icon.svg"


def ask() -> None:
    """The page to ask on."""
    ask_page(open_settled_library_once, open_chain, library)


def keep() -> None:
    """The page of the documents."""
    library_page(open_settled_library_once, rebuild_settled_library)


# A file of ours: Streamlit's own icons for the browser's tab are fetched from the network.
st.set_page_config(page_title="Dateline", page_icon=str(ICON), layout="centered")
library = st.Page(keep, title="Library", icon=":material/folder_open:", url_path="library")
st.navigation([st.Page(ask, title="Ask", icon=":material/search:", default=True), library], position="top").run()
