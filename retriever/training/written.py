"""Questions written for training, as people ask, over texts written for it and over statutes.

The folder `written` beside this file holds two kinds of files, UTF-8:

- `*.txt`, texts with their questions: `# title`, then paragraphs `P …`, each followed by `Q question<TAB>words of the
  sentence that answers` (several, parted by ｜, for several sentences) and `N question`, which nothing in the text answers
- `*.tsv`, questions about articles of a BEIR corpus: its id, the numbers of the sentences that answer (`1`, `2+3`; `0` where
  nothing in it does), the question

Nothing here is about a document or a question that `eval/data` asks about. In the texts units, people and figures are invented.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.normal import simplify
from ingest.sentences import split_sentences
from retriever.protocols import Embedder
from retriever.training.likeness import character_pairs, share_of
from retriever.training.rerank_train import Example, Found

WRITTEN = Path(__file__).parent / "written"
SOURCE, MISSED = "written", "missed"
_BESIDE, _ELSEWHERE, _DRAWN = 10, 10, 2
"""Sentences of the same document, of others, and drawn ones; of the first two up to half by vectors, where there are any."""
_SHORTEST = 6


class WrittenError(ValueError):
    """A file of the folder is not as described; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or an article. `document` names what it is part of, `place` is its title, `sentences` are stripped."""

    document: str
    number: int
    place: str
    text: str
    sentences: tuple[str, ...]

    @property
    def id(self) -> str:
        """Unique among those that were read together."""
        return f"{self.document}/{self.number}"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its paragraph, and the numbers of the sentences there that answer, from 0; none for a near miss."""

    id: str
    text: str
    paragraph: Paragraph
    answers: tuple[int, ...]


Read = tuple[list[Paragraph], list[Question]]
"""The paragraphs and the questions of a file."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence, in ``plain`` characters too, and its paragraph."""

    id: str
    text: str
    plain: str
    place: Paragraph


def paragraph(document: str, number: int, place: str, text: str) -> Paragraph:
    """A paragraph with its sentences, cut as the product cuts them."""
    sentences = tuple(span.of(text).strip() for span in split_sentences(text))
    return Paragraph(document, number, place, text, sentences)


def read_texts(path: Path) -> Read:
    """The paragraphs and questions of a file of texts. Raises WrittenError."""
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    title = ""
    for line_number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        mark, _, rest = line.partition(" ")
        where = f"{path.name}:{line_number}"
        if mark == "#":
            title = rest.strip()
        elif mark == "P" and title:
            paragraphs.append(paragraph(f"{path.stem}:{title}", len(paragraphs), title, rest.strip()))
        elif mark in ("Q", "N") and paragraphs:
            asked, _, quotes = rest.partition("\t")
            answers = _quoted(paragraphs[-1], quotes) if mark == "Q" else ()
            if mark == "Q" and not answers:
                raise WrittenError(f"{where}: the paragraph above does not hold {quotes!r}")
            questions.append(Question(where, asked.strip(), paragraphs[-1], answers))
        elif line.strip():
            raise WrittenError(f"{where}: neither #, P, Q nor N")
    return paragraphs, questions


def _quoted(found: Paragraph, quotes: str) -> tuple[int, ...]:
    """The sentences that hold the quotes, or () if one is nowhere."""
    numbers = set()
    for quote in filter(None, map(str.strip, quotes.split("｜"))):
        holding = [n for n, sentence in enumerate(found.sentences) if quote in sentence]
        if not holding:
            return ()
        numbers.add(holding[0])
    return tuple(sorted(numbers))


def read_articles(path: Path, corpus: Path) -> Read:
    """The articles of a BEIR `corpus.jsonl` that a file asks about, and the questions. Raises WrittenError."""
    rows = {row["_id"]: row for row in map(json.loads, corpus.read_text("utf-8").splitlines())}
    articles: dict[str, Paragraph] = {}
    questions = []
    for line_number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        where = f"{path.name}:{line_number}"
        parts = line.split("\t")
        if len(parts) != 3 or parts[0] not in rows:
            raise WrittenError(f"{where}: not id, sentences and question")
        row = rows[parts[0]]
        if parts[0] not in articles:
            law = row["title"].rpartition("第")[0]
            articles[parts[0]] = paragraph(law, len(articles), row["title"], row["text"])
        found = articles[parts[0]]
        answers = tuple(int(number) - 1 for number in parts[1].split("+") if number != "0")
        if any(not 0 <= number < len(found.sentences) for number in answers):
            raise WrittenError(f"{where}: sentence {parts[1]} of {len(found.sentences)}")
        questions.append(Question(where, parts[2].strip(), found, answers))
    return list(articles.values()), questions


def read_all(folder: Path = WRITTEN, corpus: Path | None = None) -> Iterator[Read]:
    """Each file of the folder; those about articles only where there is a `corpus`. Raises WrittenError."""
    for path in sorted(folder.glob("*.txt")):
        yield read_texts(path)
    if corpus:
        for path in sorted(folder.glob("*.tsv")):
            yield read_articles(path, corpus)


def examples(read: Sequence[Read], seed: int, embedder: Embedder | None = None) -> Iterator[Example]:
    """What the reader learns from: the sentences of the paragraph, the likest of its document and of other ones, and some
    drawn. A near miss has none that is right.

    With an ``embedder``, also those that it takes for the likest: questions in everyday words share few characters with what the
    retriever finds for them. In other documents another sentence may answer as well, and the nearer the likelier: of those
    only such count as are further from the question than the right one, and for a near miss none.
    """
    draw = random.Random(seed)
    for paragraphs, questions in read:
        sentences = [
            _Sentence(f"{one.id}#{number}", text, simplify(text), one)
            for one in paragraphs
            for number, text in enumerate(one.sentences)
            if len(text) >= _SHORTEST
        ]
        near = _cosines(embedder, questions, sentences) if embedder and sentences else None
        for number, one in enumerate(questions):
            pairs = character_pairs(simplify(one.text))
            overlaps = [round(share_of(pairs, sentence.plain), 4) for sentence in sentences]
            yield _example(one, sentences, overlaps, None if near is None else near[number], draw)


def _cosines(
    embedder: Embedder, questions: Sequence[Question], sentences: Sequence[_Sentence]
) -> NDArray[np.float32]:
    """How near each question is to each sentence, which is embedded with its title."""
    found = embedder.embed_passages([f"{one.place.place}\n{one.text}" for one in sentences])
    return embedder.embed_queries([one.text for one in questions]) @ found.T


def _example(
    question: Question,
    sentences: Sequence[_Sentence],
    overlaps: Sequence[float],
    cosines: NDArray[np.float32] | None,
    draw: random.Random,
) -> Example:
    own = question.paragraph
    right = {f"{own.id}#{number}": 1 for number in question.answers}
    likest = sorted(range(len(sentences)), key=lambda i: -overlaps[i])
    inside = [i for i in likest if sentences[i].place.id == own.id]
    beside = [i for i in likest if sentences[i].place.document == own.document and i not in inside]
    elsewhere = [i for i in likest if sentences[i].place.document != own.document]
    if cosines is not None:
        answer = max((cosines[i] for i in inside if sentences[i].id in right), default=-1.0)
        further = [i for i in elsewhere if cosines[i] < answer]
        beside = _by_turns(beside, sorted(beside, key=lambda i: -cosines[i]))
        elsewhere = _by_turns(elsewhere, sorted(further, key=lambda i: -cosines[i]))
    drawn = draw.sample(range(len(sentences)), _DRAWN)
    chosen = dict.fromkeys((*inside, *beside[:_BESIDE], *elsewhere[:_ELSEWHERE], *drawn))
    found = tuple(
        Found(sentences[i].id, sentences[i].place.place, sentences[i].text, overlaps[i])
        for i in sorted(chosen, key=lambda i: -overlaps[i])
    )
    return Example(f"{SOURCE if right else MISSED}-{question.id}", question.text, right, found)


def _by_turns(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """One of each in turns, none twice; then what is left of the longer."""
    turns = (one for pair in zip_longest(first, second) for one in pair if one is not None)
    return list(dict.fromkeys(turns))
