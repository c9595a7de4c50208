"""The lexical leg: BM25 over pre-segmented text, with exact phrases, in a tantivy index.

BM25 is tantivy's (Robertson and Zaragoza 2009; k1 = 1.2, b = 0.75), per field, the fields' scores weighted
and summed. Questions are made into query objects term by term; nothing a user writes is ever parsed as a
query language.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from retriever.analyzer import Analyzer
from retriever.thesaurus import written

if TYPE_CHECKING:
    from tantivy import Index, Query, Schema, Searcher

_K1 = 1.2  # tantivy's; used for the upper bound only
_HEAP = 15_000_000, 1_000_000_000  # bytes the writer may use: at least, at most
_MAX_CLAUSES = 512


@dataclass(frozen=True, slots=True)
class LexicalSettings:
    """How much each field counts; 0 leaves it out. Used at query time only: changing them needs no new index.

    ``words`` and ``grams`` (character pairs) are of the text, ``title`` and ``path`` words of the title and the
    headings, ``phrase`` exact phrases in the text. ``written`` is the share of a word that the written word for a spoken
    one has (see ``thesaurus``). ``address`` and ``name`` count only where a question names an
    article: 第十二条 as what a heading or line begins with, and its phrases in the title (《…条例》第十二条).
    """

    words: float = 1.0
    grams: float = 1.0
    title: float = 0.3
    path: float = 0.3
    phrase: float = 0.3
    written: float = 0.8
    address: float = 10.0
    name: float = 2.0


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """What is indexed of a passage."""

    text: str
    title: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Clause:
    """A weighted term, or a phrase where there are several terms, in one field."""

    field: str
    terms: tuple[str, ...]
    weight: float


def _schema() -> Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("position", indexed=True, fast=True)  # an unsigned field would kill the writer
    for field in ("words", "grams", "title", "path"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("address", tokenizer_name="whitespace", index_option="freq")
    for field in ("chars", "name"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
    return builder.build()


def build_lexical(directory: Path, entries: Iterable[LexicalEntry], analyzer: Analyzer) -> int:
    """Write an index of ``entries`` into the empty folder ``directory``; their positions are 0, 1, …

    One writing thread and one commit: the documents stand in the order of their positions. Returns their
    number.
    """
    import tantivy

    items = list(entries)
    size = sum(len(item.text) + len(item.title) for item in items)
    heap = min(max(_HEAP[0], 100 * size), _HEAP[1])
    writer = tantivy.Index(_schema(), path=str(directory), reuse=False).writer(heap_size=heap, num_threads=1)
    for position, item in enumerate(items):
        document = tantivy.Document()
        document.add_integer("position", position)
        document.add_text("words", " ".join(analyzer.index_terms(item.text)))
        document.add_text("grams", " ".join(analyzer.bigrams(item.text)))
        document.add_text("chars", " ".join(analyzer.characters(item.text)))
        document.add_text("name", " ".join(analyzer.characters(item.title)))
        document.add_text("address", " ".join(analyzer.addresses("\n".join((*item.path, item.text)))))
        document.add_text("title", " ".join(analyzer.index_terms(item.title)))
        document.add_text("path", " ".join(term for part in item.path for term in analyzer.index_terms(part)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return len(items)


def _open(directory: Path) -> Index:
    """Open an index. Tantivy opens its lock file for writing, which it may not where the folder is read-only: there
    the files are reached through links in a private folder, gone as soon as they are mapped.
    """
    import tantivy

    try:
        return tantivy.Index.open(str(directory))
    except ValueError as error:
        if "Lockfile" not in str(error):
            raise
    with tempfile.TemporaryDirectory() as folder:
        for path in directory.iterdir():
            if path.suffix != ".lock":
                (Path(folder) / path.name).symlink_to(path.resolve())
        return tantivy.Index.open(folder)


class LexicalIndex:
    """A lexical index opened for reading; safe to share between threads. A ``PassageIndex``."""

    def __init__(self, directory: Path, analyzer: Analyzer, settings: LexicalSettings | None = None) -> None:
        """Open the index in ``directory``; raises ``ValueError`` or ``OSError`` where there is none."""
        self._index = _open(directory)
        self._searcher: Searcher = self._index.searcher()
        self._schema: Schema = self._index.schema
        self._analyzer = analyzer
        self._settings = settings or LexicalSettings()

    @property
    def count(self) -> int:
        """The number of passages."""
        return int(self._searcher.num_docs)

    def occurs(self, words: str) -> bool:
        """Whether some passage's text holds ``words``, character for character but for punctuation and script."""
        units = self._analyzer.characters(words)
        if not units:
            return False
        clause = _Clause("chars", tuple(units), 1.0)
        return bool(self._searcher.search(self._clause_query(clause), 1, count=False).hits)

    def document_frequency(self, term: str) -> int:
        """In how many passages' text ``term`` (as the analyzer gives it) occurs."""
        return int(self._searcher.doc_freq("words", term))

    def idf(self, term: str) -> float:
        """The inverse document frequency of BM25 (with 1 added inside the logarithm: never negative)."""
        return self._idf("words", term)

    def _idf(self, field: str, term: str) -> float:
        frequency = self._searcher.doc_freq(field, term)
        return math.log1p((self.count - frequency + 0.5) / (frequency + 0.5))

    def search(self, query: str, k: int, allowed: frozenset[int] | None = None) -> list[tuple[int, float]]:
        """At most ``k`` pairs (position, BM25 score), best first, ties by position.

        Only of ``allowed`` if given.
        """
        from tantivy import Occur, Query

        clauses = [self._clause_query(clause) for clause in self._clauses(query)]
        if not clauses or k <= 0 or self.count == 0 or (allowed is not None and not allowed):
            return []
        wanted = Query.boolean_query([(Occur.Should, clause) for clause in clauses])
        if allowed is not None:
            wanted = Query.boolean_query([(Occur.Must, wanted), (Occur.Must, self._only(allowed))])
        return self._top(wanted, k)

    def bound(self, query: str) -> float:
        """A score that no passage can exceed for the words of ``query``; the share of it reached is comparable
        across questions.

        A term's BM25 is below idf × (k1 + 1), whatever its frequency and the passage's length; a phrase's is
        below the sum over its terms. Words that no passage has count in full (what is asked for is not
        there); title and heading words only where some title or heading has them. Written words for spoken ones are
        other ways to the same, so they do not raise the bound; a passage that has both may go beyond it.
        """
        return sum(
            clause.weight * (_K1 + 1) * sum(self._idf(clause.field, term) for term in clause.terms)
            for clause in self._clauses(query, written=False)
            if clause.field in ("words", "grams") or self._occurs(clause)
        )

    def _occurs(self, clause: _Clause) -> bool:
        return all(self._searcher.doc_freq(clause.field, term) for term in clause.terms)

    def _clauses(self, query: str, *, written: bool = True) -> list[_Clause]:
        settings, analyzer = self._settings, self._analyzer
        terms = analyzer.query_terms(query)
        grams = analyzer.query_bigrams(query) or ([] if settings.words and terms else analyzer.bigrams(query))
        phrases = [tuple(analyzer.characters(phrase)) for phrase in analyzer.phrases(query)]
        ordinals = analyzer.ordinals(query)
        clauses = [
            *(_Clause("words", (term,), settings.words) for term in terms),
            *(_Clause("grams", (gram,), settings.grams) for gram in grams),
            *(self._written(query) if written else ()),
            *(_Clause("title", (term,), settings.title) for term in terms),
            *(_Clause("path", (term,), settings.path) for term in terms),
            *(_Clause("chars", phrase, settings.phrase) for phrase in phrases if len(phrase) > 1),
            *(_Clause("address", (ordinal,), settings.address) for ordinal in ordinals),
            *(_Clause("name", phrase, settings.name) for phrase in phrases if ordinals and len(phrase) > 1),
        ]
        return [clause for clause in clauses if clause.weight > 0][:_MAX_CLAUSES]

    def _written(self, query: str) -> Iterator[_Clause]:
        """What regulations write for what is said, as words or, where no word of the index is it, as a phrase."""
        weight = self._settings.words * self._settings.written
        words = written(query, self._analyzer, self.occurs) if weight else {}
        for other in dict.fromkeys(other for others in words.values() for other in others):
            if self.document_frequency(other):
                yield _Clause("words", (other,), weight)
            else:
                yield _Clause("chars", tuple(self._analyzer.characters(other)), weight)

    def _clause_query(self, clause: _Clause) -> Query:
        from tantivy import Query

        if len(clause.terms) > 1:
            plain = Query.phrase_query(self._schema, clause.field, list(clause.terms))
        else:
            plain = Query.term_query(self._schema, clause.field, clause.terms[0], index_option="freq")
        return Query.boost_query(plain, clause.weight)

    def _only(self, allowed: frozenset[int]) -> Query:
        """A filter that adds nothing to the score. Passages of a document are neighbours, so ranges do."""
        from tantivy import FieldType, Occur, Query

        ranges = [
            (Occur.Should, Query.range_query(self._schema, "position", FieldType.Integer, start, end))
            for start, end in _ranges(sorted(allowed))
        ]
        return Query.const_score_query(Query.boolean_query(ranges), 0.0)

    def _top(self, query: Query, k: int) -> list[tuple[int, float]]:
        """The best ``k``. More are fetched until no tie straddles the end, so that ties go by position."""
        limit = min(k + 1, self.count)
        while True:
            hits = self._searcher.search(query, limit, count=False).hits
            if len(hits) < limit or limit == self.count or hits[-1][0] < hits[k - 1][0]:
                break
            limit = min(limit * 4, self.count)
        positions = self._searcher.fast_field_values("position", [address for _, address in hits])
        pairs = [
            (int(position or 0), float(score)) for position, (score, _) in zip(positions, hits, strict=True)
        ]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]


def _ranges(positions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive integers as closed ranges."""
    for _, group in groupby(enumerate(positions), key=lambda pair: pair[1] - pair[0]):
        run = [position for _, position in group]
        yield run[0], run[-1]
