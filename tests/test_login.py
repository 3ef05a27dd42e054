"""Who may see the page: this machine, or those who know the password."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError
from streamlit.testing.v1 import AppTest

import cli.window
from cli.window import require_guard
from index.address import is_loopback, url_of
from index.errors import UserFacingError
from index.settings import load_settings
from qa.settings import Settings


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("LocalHost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "", "192.168.1.5", "example.org", "localhost.example.org")],
)
def test_only_addresses_of_this_machine_are_its_own(host, own):
    assert is_loopback(host) is own


def test_an_address_is_written_as_browsers_take_it():
    assert url_of("127.0.0.1", 80) == "http://127.0.0.1:80"
    assert url_of("::1", 80) == "http://[::1]:80"


def test_other_machines_are_served_only_with_a_password_or_a_log_in(monkeypatch, tmp_path):
    secrets = tmp_path / "secrets.toml"
    monkeypatch.setattr(cli.window, "SECRETS", [secrets, tmp_path / "none.toml"])
    require_guard("127.0.0.1", Settings())
    require_guard("0.0.0.0", Settings(password=SecretStr("open sesame")))
    for text in (None, "[other]", "[auth"):
        if text:
            secrets.write_text(text)
        with pytest.raises(UserFacingError, match="Set a password"):
            require_guard("0.0.0.0", Settings())
    secrets.write_text("[auth]")
    require_guard("0.0.0.0", Settings())


def test_an_empty_password_is_none_and_a_wrong_one_is_not_shown(monkeypatch, tmp_path):
    with pytest.raises(ValidationError):
        Settings(password=SecretStr(""))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dateline.toml").write_text("password = 4711")
    with pytest.raises(UserFacingError) as told:
        load_settings(Settings)
    assert "password" in str(told.value)
    assert "4711" not in str(told.value)


def page(settings, address="127.0.0.1"):
    def script(settings, address):
        import streamlit as st

        from ui.login import let_in

        st.set_option("client.showErrorDetails", "none")
        st.get_option = {"server.address": address}.get
        if let_in(settings):
            st.write("the documents")

    return AppTest.from_function(script, default_timeout=20, args=(settings, address)).run()


def shows(app):
    return any(element.value == "the documents" for element in app.markdown)


def test_the_page_is_shut_until_the_password_is_given_and_then_stays_open():
    app = page(Settings(password=SecretStr("open sesame")))
    for typed, open_ in (("", False), ("open", False), ("open sesame", True)):
        app.text_input[0].set_value(typed)
        app.button[0].click().run()
        assert shows(app) is open_
    assert shows(app.run())


def test_a_page_at_another_address_without_a_password_shows_nothing(monkeypatch):
    import streamlit

    monkeypatch.setattr(streamlit, "get_option", streamlit.get_option)
    app = page(Settings(), "0.0.0.0")
    assert not shows(app)
    assert "needs a password" in app.error[0].value
    assert shows(page(Settings()))
