"""Trains the embedder to tell the sentence that answers from its neighbours, token by token.

    python -m training.ranker [--epochs N]

learns from the questions of most dossiers: of all sentences that the product's own search finds for one, those that
prove its answer are to have the greatest scores, beside what the other signs say. What is learned is written to
`index/late.npz`, as `index.late` says, and the record of the run to `training/ranker.json`. A run that was cut off goes
on where its last checkpoint stands. Some 4 minutes an epoch on two cores.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from evals.digest import digest_of
from evals.measures.score import spans_of
from evals.opening import real_opening
from evals.suites.dossier import Dossier, read_dossiers
from evals.suites.library import add_files
from evals.suites.named import DOSSIER_FILES
from index.convert import open_original
from index.embed import Embedder
from index.late import LATE, LATE_TOKENS
from index.pipeline import open_library
from index.records import Span
from index.weights.fetch import fetch_weights
from index.weights.pinned import MINILM
from qa.find.expand import WordSimilarity
from qa.find.features import read_sentences, scores_of, sign_weights
from qa.find.search import introduction_of, look_up
from qa.question.decompose import split_parts
from qa.question.read import read_question
from qa.settings import Settings
from training.adapter import ALPHA_OF_RANK
from training.reader import Narrow
from training.readings import conversation_cases, split_groups

logger = logging.getLogger(__name__)

RECORD = Path(__file__).with_name("ranker.json")
BEGUN = (10.0, 6.0, 0.6)
"""What the nearness by token, that of the whole and the other signs count before anything is learned."""
TOGETHER = 8
"""Passages read at once."""
SHOWN = (1, 3, 5, 8, 12)
"""After how many sentences it is looked whether all that proves the answer is there."""

Place = tuple[str, Span]
"""A sentence: the passage's id, and where it stands in what is read."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A question with every sentence found for it."""

    id: str
    text: str
    places: tuple[Place, ...]
    signs: tuple[float, ...]
    """What the other signs of each say, in logits."""
    proofs: tuple[tuple[int, ...], ...]
    """The sentences that hold each proof; none where it was not found."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Questions about one dossier, and the passages found for them as they are read, by their ids."""

    group: str
    passages: Mapping[str, str]
    questions: tuple[Sought, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run."""

    seed: int = 1
    epochs: int = 3
    rank: int = 32
    rate: float = 5e-4
    warm: float = 0.06
    """Share of the steps in which the rate rises."""
    parts: int = 2
    """Into how many lessons the questions of a dossier are cut."""


def lesson_of(dossier: Dossier, settings: Settings, embedder: Embedder) -> Lesson:
    """All that is found for the answerable questions of one dossier and its conversations."""
    its_own, files = dossier.settle(settings)
    passages: dict[str, str] = {}
    questions: list[Sought] = []
    with closing(open_library(its_own.library, embedder, **its_own.of_library)) as library:
        sources, similarity = add_files(library, files, None), WordSimilarity(embedder)
        for case in (*dossier.cases, *conversation_cases(dossier)):
            if not case.answerable or len(split_parts(case.question)) > 1:
                continue
            asked = read_question(case.question, case.as_of or date.today())
            found = look_up(library, similarity, asked, embedder.encode([asked.text])[0])
            sentences = read_sentences(asked, found)
            places: list[Place] = []
            for sentence in sentences:
                passage, head = sentence.hit.passage, introduction_of(sentence.hit.document)
                passages[passage.passage_id] = head + passage.text
                start, end = (at - passage.start + len(head) for at in sentence.span)
                places.append((passage.passage_id, (start, end)))
            proofs = [
                tuple(
                    at
                    for at, one in enumerate(sentences)
                    for of, (start, end) in spans_of(quote, sources)
                    if one.hit.document.doc_id == of and one.span[0] < end and start < one.span[1]
                )
                for quote in case.quotes
            ]
            signs = scores_of([sentence.signs for sentence in sentences], sign_weights())
            questions.append(Sought(case.id, asked.text, tuple(places), tuple(signs.tolist()), tuple(proofs)))
    return Lesson(dossier.name, passages, tuple(questions))


def drawn(lessons: Sequence[Lesson], plan: Plan) -> list[Lesson]:
    """The lessons of a run in their order, each with a part of its questions, those left out that nothing proves."""
    every: list[Lesson] = []
    for epoch in range(plan.epochs):
        chance = random.Random(f"{plan.seed} {epoch}")
        cut: list[Lesson] = []
        for lesson in lessons:
            proved = [question for question in lesson.questions if any(question.proofs)]
            chance.shuffle(proved)
            parts = (tuple(proved[first :: plan.parts]) for first in range(plan.parts))
            cut += [Lesson(lesson.group, lesson.passages, part) for part in parts if part]
        chance.shuffle(cut)
        every += cut
    return every


class Ranker(nn.Module):
    """The embedder with narrow matrices beside its linear layers, and what each nearness counts."""

    def __init__(self, model: Any, rank: int) -> None:
        """As `index.convert.open_original` gives the model."""
        super().__init__()
        self.tokenizer, self.encoder = model.tokenizer, model[0].auto_model
        self.encoder.requires_grad_(False).train(False)
        self.beside = {
            f"{number}.{name}": self._widen(layer, name, rank)
            for number, layer in enumerate(self.encoder.encoder.layer)
            for name in [name for name, module in layer.named_modules() if isinstance(module, nn.Linear)]
        }
        self.weights = nn.Parameter(torch.tensor(BEGUN))

    @staticmethod
    def _widen(layer: nn.Module, name: str, rank: int) -> Narrow:
        parent, _, own = name.rpartition(".")
        narrow = Narrow(layer.get_submodule(name), rank)  # type: ignore[arg-type]
        setattr(layer.get_submodule(parent), own, narrow)
        return narrow

    def read(self, texts: Sequence[str]) -> Iterator[tuple[Tensor, Tensor]]:
        """Of each text its tokens' vectors and where they stand."""
        told = self.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=LATE_TOKENS,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = told.pop("offset_mapping")
        states = self.encoder(**told).last_hidden_state
        for rows, where, mask in zip(states, offsets, told["attention_mask"].bool(), strict=True):
            yield rows[mask], where[mask]

    def scores(self, lesson: Lesson) -> Iterator[Tensor]:
        """For each question the score of each of its sentences: (n,), in logits."""
        ids = sorted(lesson.passages, key=lambda one: len(lesson.passages[one]))
        batches = (ids[first : first + TOGETHER] for first in range(0, len(ids), TOGETHER))
        read = {
            one: of_it
            for batch in batches
            for one, of_it in zip(batch, self.read([lesson.passages[one] for one in batch]), strict=True)
        }
        rows = {place: _rows(*read[place[0]], place[1]) for asked in lesson.questions for place in asked.places}
        units = {place: (normalize(of_it.mean(0), dim=0), normalize(of_it, dim=1)) for place, of_it in rows.items()}
        questions = self.read([asked.text for asked in lesson.questions])
        for asked, (own, _) in zip(lesson.questions, questions, strict=True):
            yield self._score(own, [units[place] for place in asked.places], torch.tensor(asked.signs))

    def _score(self, asked: Tensor, sentences: Sequence[tuple[Tensor, Tensor]], signs: Tensor) -> Tensor:
        whole, tokens = normalize(asked.mean(0), dim=0), normalize(asked[1:-1], dim=1)
        alike = torch.cat([of_it for _, of_it in sentences]) @ tokens.T
        owner = torch.repeat_interleave(torch.tensor([len(of_it) for _, of_it in sentences]))
        nearest = torch.full((len(sentences), len(tokens)), -1.0)
        nearest = nearest.scatter_reduce(0, owner[:, None].expand_as(alike), alike, "amax")
        by_whole = torch.stack([mean for mean, _ in sentences]) @ whole
        nearnesses = torch.stack([nearest.mean(1), by_whole, signs])
        return self.weights @ nearnesses

    def loss(self, lesson: Lesson) -> Tensor:
        """The mean over the questions of the cross-entropy of each proof among the sentences that prove nothing."""
        every = zip(lesson.questions, self.scores(lesson), strict=True)
        losses = [_loss_of(asked, scores) for asked, scores in every]
        return torch.stack(losses).mean()

    def learned(self) -> dict[str, np.ndarray]:
        """As `index.late` reads it."""
        kept: dict[str, np.ndarray] = {"weights": self.weights.detach().numpy().astype(np.float32)}
        for name, narrow in self.beside.items():
            kept[f"{name}.a"] = narrow.a.detach().numpy().astype(np.float16)
            kept[f"{name}.b"] = (narrow.b.detach() * ALPHA_OF_RANK).numpy().astype(np.float16)
        return kept


def _rows(rows: Tensor, offsets: Tensor, span: Span) -> Tensor:
    """The tokens inside; the first one of all where there are none."""
    inside = (offsets[:, 1] > offsets[:, 0]) & (offsets[:, 0] >= span[0]) & (offsets[:, 0] < span[1])
    return rows[inside] if inside.any() else rows[:1]


def _loss_of(asked: Sought, scores: Tensor) -> Tensor:
    proving = {at for proof in asked.proofs for at in proof}
    losses = []
    for proof in filter(None, asked.proofs):
        against = torch.tensor([at in proof or at not in proving for at in range(len(scores))])
        losses.append(scores[against].logsumexp(0) - scores[list(proof)].logsumexp(0))
    return torch.stack(losses).mean()


class Training:
    """A run: what is learned, and how far it is."""

    def __init__(self, ranker: Ranker, lessons: Sequence[Lesson], plan: Plan) -> None:
        self.ranker, self.lessons, self.plan = ranker, lessons, plan
        self.narrow = [matrix for one in ranker.beside.values() for matrix in (one.a, one.b)]
        groups = [{"params": self.narrow, "lr": plan.rate}, {"params": [ranker.weights], "lr": 40 * plan.rate}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.at = 0
        """The next lesson."""
        self.curve: list[tuple[int, float]] = []
        """Lessons learned and the mean loss of those since the last."""

    def run(self, checkpoint: Path | None = None, until: int | None = None, every: int = 40) -> None:
        """Learn to the end, or be cut off at this lesson; after every so many a checkpoint is kept."""
        losses, began = [], time.perf_counter()
        while self.at != until and self.at < len(self.lessons):
            loss = self.ranker.loss(self.lessons[self.at])
            loss.backward()  # type: ignore[no-untyped-call]
            losses.append(loss.item())
            self.at += 1
            self._step()
            if len(losses) == every or self.at == len(self.lessons):
                self.curve.append((self.at, round(float(np.mean(losses)), 4)))
                logger.info("%d lessons, loss %.3f, %.0f s", *self.curve[-1], time.perf_counter() - began)
                losses = []
                if checkpoint:
                    self.save(checkpoint)

    def _step(self) -> None:
        done = self.at / len(self.lessons)
        share = min(1.0, done / self.plan.warm, max(0.03, 1 - done))
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * share
        nn.utils.clip_grad_norm_(self.narrow, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()

    def save(self, path: Path) -> None:
        """Keep the run as it stands; a file that is only half written never has this name."""
        part = path.with_suffix(".part")
        kept = {
            "state": self._parameters(),
            "optimizer": self.optimizer.state_dict(),
            "at": self.at,
            "curve": self.curve,
        }
        torch.save(kept, part)
        part.replace(path)

    def load(self, path: Path) -> None:
        """Go on from what `save` kept."""
        kept = torch.load(path, weights_only=True)
        with torch.no_grad():
            for name, parameter in self._parameters().items():
                parameter.copy_(kept["state"][name])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.at, self.curve = kept["at"], kept["curve"]

    def _parameters(self) -> dict[str, Tensor]:
        return {name: one for name, one in self.ranker.named_parameters() if one.requires_grad}


def shares_among(ranked: Iterable[tuple[Sought, np.ndarray]]) -> list[float]:
    """For each of `SHOWN` the share of the questions whose every proof is among so many first sentences."""
    places = []
    for asked, scores in ranked:
        place = np.empty(len(scores), dtype=int)
        place[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
        places.append(max(min((place[at] for at in proof), default=len(scores) + SHOWN[-1]) for proof in asked.proofs))
    return [round(float(np.mean([last < k for last in places])), 3) for k in SHOWN]


def measure(ranker: Ranker, lessons: Sequence[Lesson]) -> dict[str, list[float]]:
    """`shares_among` by the other signs alone and with what was learned."""
    asked = [question for lesson in lessons for question in lesson.questions]
    with torch.no_grad():
        scores = [of_one.numpy() for lesson in lessons for of_one in ranker.scores(lesson)]
    signs = [np.array(one.signs) for one in asked]
    return {
        "signs": shares_among(zip(asked, signs, strict=True)),
        "learned": shares_among(zip(asked, scores, strict=True)),
    }


def train(settings: Settings, plan: Plan, folder: Path = DOSSIER_FILES) -> dict[str, Any]:
    """Learn, write `LATE`, and give the record."""
    dossiers = [dossier for dossier in read_dossiers(folder) if dossier.half == "tune"]
    embedder = real_opening().open_embedder(settings)
    lessons = [lesson_of(dossier, settings, embedder) for dossier in dossiers]
    digest = digest_of(*map(repr, lessons))
    _, held = split_groups(lesson.group for lesson in lessons)
    run = settings.cache / "training" / f"ranker-{digest_of(digest, repr(plan))[:16]}"
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    ranker = Ranker(open_original(fetch_weights(MINILM.name, settings.cache, settings.weights)), plan.rank)
    learned = drawn([lesson for lesson in lessons if lesson.group not in held], plan)
    training = Training(ranker, learned, plan)
    logger.info("%s: %d lessons", run, len(learned))
    if (checkpoint := run / "checkpoint.pt").exists():
        training.load(checkpoint)
        logger.info("going on after %d lessons", training.at)
    training.run(checkpoint)
    np.savez(LATE, allow_pickle=False, **ranker.learned())
    among = measure(ranker, [lesson for lesson in lessons if lesson.group in held])
    return {
        "lessons": digest,
        "held_out": held,
        "plan": asdict(plan),
        "curve": training.curve,
        "proofs_among": {"sentences": SHOWN, **among},
    }


def main() -> None:
    """Train, and tell how many proofs are among the first sentences of the dossiers held out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, default=2)
    for name, default in asdict(Plan()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    given = vars(parser.parse_args())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.pop("threads"))
    record = train(Settings(), Plan(**given))
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(record["proofs_among"])


if __name__ == "__main__":
    main()
