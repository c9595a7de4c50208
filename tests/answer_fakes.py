"""Small documents of our own, and what answers are made of from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.chunking import chunk
from ingest.metadata import extract
from ingest.regulation_places import Place
from ingest.sections import find_sections
from ingest.types import Document, Metadata, Passage
from retriever.analyzer import Analyzer
from retriever.types import Hit
from service import build
from service.answering.addresses import Address, Run
from service.answering.question import understand
from service.answering.units import UnitMaker
from service.assistant import Assistant
from service.settings import Settings

ANALYZER = Analyzer()


class EverywhereOnce:
    """An index that knows every word and tells none from another."""

    def idf(self, term: str) -> float:
        return 2.0

    def document_frequency(self, term: str) -> int:
        return 1

    def occurs(self, words: str) -> bool:
        return True


def document(text: str, identity: str = "d", metadata: Metadata | None = None) -> Document:
    known = metadata or extract(text, Metadata())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(identity, "o.txt", digest, "utf-8", text, digest, (), known, find_sections(text, known))


def address_to(name: str, *numbers: int, year: str = "") -> Address:
    """The place of the regulation called ``name`` that the ``numbers`` of a ``Place`` give."""
    return Address(name, (Run(Place(*numbers)),), year)


def hit(passage: Passage, score: float = 0.5) -> Hit:
    return Hit(passage, score, sentence_similarities=(0.85,) * len(passage.sentences))


def hits(source: Document) -> list[Hit]:
    """All passages of a document, each found as well as the others."""
    return [hit(passage) for passage in chunk(source.id, source.text, source.sections)]


def maker(question: str, *documents: Document) -> UnitMaker:
    by_id = {source.id: source for source in documents}
    return UnitMaker(understand(question, ANALYZER), ANALYZER, EverywhereOnce(), by_id.__getitem__)


@contextmanager
def library_of(file: Path) -> Iterator[Assistant]:
    """An assistant over the one document in ``file``, its data folder beside that."""
    settings = Settings(home=file.parent / "home")
    build.ingest(settings, [file], progress=lambda stage, done, total: None)
    assistant = build.open_assistant(settings)
    try:
        yield assistant
    finally:
        assistant.close()
