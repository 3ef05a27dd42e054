import subprocess
import sys

import numpy as np
import pytest
from fakes import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from index.embed import open_embedder
from index.settings import IndexSettings

TEXTS = (
    "",
    "Bonn",
    "When did the trial open?",
    "The court in Koblenz sentenced Anwar R. to life in prison on 13 January 2022.",
    "Prices rose 3.4 percent in June, the fastest since 1991, the Labor Department said on Tuesday.",
    "def recall(relevant, ranked): return len(relevant & set(ranked)) / len(relevant)",
    "Zürich, São Paulo und Łódź: «naïve» façade — 12 € … 東京は晴れ 🌦",
    "Senators voted 52 to 48 against the bill. " * 3,
    "No. " * 400,
    "It was, a spokesman said, neither the first nor the last of such letters to be lost in the ministry. " * 30,
)


@given(st.lists(st.text(), max_size=5))
def test_the_hashing_embedder_gives_unit_vectors_in_order(texts):
    vectors = HashingEmbedder().encode(texts)
    assert vectors.shape == (len(texts), 64)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.array_equal(vector, HashingEmbedder().encode([text])[0])


def test_the_hashing_embedder_tells_texts_and_names_apart():
    first, second = HashingEmbedder().encode(["the court in Koblenz", "a bank in Basel"])
    assert first @ second < 0.9
    assert not np.allclose(first, HashingEmbedder("other").encode(["the court in Koblenz"])[0])


@pytest.fixture(scope="module")
def embedder():
    return open_embedder("openvino", IndexSettings().cache)


@pytest.mark.model
def test_openvino_gives_the_vectors_of_sentence_transformers(embedder):
    original = open_embedder("sentence-transformers", IndexSettings().cache).encode(TEXTS)
    cosines = (embedder.encode(TEXTS) * original).sum(axis=1)
    assert cosines.min() >= 0.999, cosines


@pytest.mark.model
def test_vectors_have_unit_length_and_the_order_of_the_texts(embedder):
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    alone = np.concatenate([embedder.encode([text]) for text in TEXTS])
    assert (vectors * alone).sum(axis=1).min() >= 0.999


PASSAGE = "Anwar R. stood trial in Koblenz. He was sentenced to life in prison.\n\nPrices rose 3.4 percent in June."
SENTENCES = ((0, 32), (33, 68), (70, 102))


@pytest.mark.model
def test_both_runtimes_give_the_same_vectors_of_the_sentences_in_their_passage(embedder):
    texts, spans = [PASSAGE, "", "Bonn"], [SENTENCES, (), ((0, 4),)]
    whole, inside = embedder.encode_spans(texts, spans)
    assert (whole * embedder.encode(texts)).sum(axis=1).min() >= 0.999
    other, original = open_embedder("sentence-transformers", IndexSettings().cache).encode_spans(texts, spans)
    assert inside.shape == original.shape == (4, 384)
    assert (inside * original).sum(axis=1).min() >= 0.999
    assert (whole * other).sum(axis=1).min() >= 0.999


@pytest.mark.model
def test_a_sentence_is_embedded_as_it_is_meant_in_its_passage(embedder):
    (question,) = embedder.encode(["What was Anwar R. sentenced to?"])
    _, (_, he, prices) = embedder.encode_spans([PASSAGE], [SENTENCES])
    (alone,) = embedder.encode([PASSAGE[33:68]])
    assert question @ he > question @ alone
    assert question @ he > question @ prices


@pytest.mark.model
@pytest.mark.parametrize("runtime", ["openvino", "sentence-transformers"])
def test_a_sentence_past_what_the_model_reads_is_embedded_by_itself(runtime):
    embedder = open_embedder(runtime, IndexSettings().cache)
    text = "No. " * 400 + "The court sat in Koblenz."
    _, (far, blank) = embedder.encode_spans([text], [[(1600, len(text)), (3, 4)]])
    assert np.allclose(far, embedder.encode(["The court sat in Koblenz."])[0], atol=0.01)
    assert np.isfinite(blank).all()


@pytest.mark.model
@pytest.mark.parametrize("runtime", ["openvino", "sentence-transformers"])
def test_no_texts_give_no_vectors(runtime):
    assert open_embedder(runtime, IndexSettings().cache).encode([]).shape == (0, 384)


@pytest.mark.model
@pytest.mark.parametrize("runtime", ["openvino", "sentence-transformers"])
def test_embedding_looks_up_no_host_and_openvino_imports_no_torch(runtime, embedder):
    script = f"""
import sys
def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"{{event}} {{args}}")
sys.addaudithook(refuse)
from index.embed import open_embedder
from index.settings import IndexSettings
open_embedder({runtime!r}, IndexSettings().cache).encode(["a"])
print([name for name in ("torch", "transformers", "openvino_telemetry") if sys.modules.get(name)])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert runtime != "openvino" or done.stdout.strip() == "[]"
