"""Who may see the page: anybody on this machine; others behind a password, or a log-in that Streamlit is set up for."""

from __future__ import annotations

import hmac
import time

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from index.address import is_loopback
from qa.settings import Settings
from ui.shared import show_error, show_style

LET_IN = "let-in"
WRONG_S = 1.0
"""How long a wrong password takes, so that not many can be tried."""


def let_in(settings: Settings) -> bool:
    """Whether the page may be shown; what to do about it is on the page where not."""
    if st.session_state.get(LET_IN):
        return True
    provided = _has_provider()
    if provided and not _logged_in():
        return False
    if settings.password is not None:
        return _gave(settings.password.get_secret_value())
    if provided:
        return True
    address = str(st.get_option("server.address") or "")
    if is_loopback(address):
        return True
    show_error(
        f"This page is served to other machines ({address or 'every address'}), so it needs a password. Set "
        "DATELINE_PASSWORD and start it again, or serve it to this machine only."
    )
    return False


def _has_provider() -> bool:
    """Whether Streamlit's own log-in is set up, in `.streamlit/secrets.toml`."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def _logged_in() -> bool:
    if st.user.is_logged_in:
        return True
    show_style()
    st.title("Dateline", anchor=False)
    st.button("Log in", on_click=st.login, type="primary", key="log-in")
    return False


def _gave(password: str) -> bool:
    show_style()
    with st.form("password"):
        st.title("Dateline", anchor=False)
        typed = st.text_input("Password", type="password", key="password-typed")
        sent = st.form_submit_button("Open", type="primary")
    if sent and hmac.compare_digest(typed.encode(), password.encode()):
        st.session_state[LET_IN] = True
        st.rerun()
    if sent:
        time.sleep(WRONG_S)
        show_error("That is not the password. Try again.")
    return False
