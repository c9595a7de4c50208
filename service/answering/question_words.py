"""How much of a question a text speaks to: its words by how rare they are, its character pairs, its exact phrases."""

from __future__ import annotations

from typing import Protocol

from retriever.analyzer import Analyzer
from retriever.thesaurus import written
from service.answering.question import Question
from service.answering.wording import bare, occurs

_PAIR_SHARE = 0.35
_UNKNOWN = 0.5  # words that no document has are as often the asker's own as the point of the question
_WRITTEN = 0.8  # what the written word for a spoken one counts
_COMMON = 1.0  # the idf of a phrase that stands nearly everywhere: finding such a one says little


class KnownWords(Protocol):
    """What a lexical index says of words."""

    def idf(self, term: str) -> float:
        """Its inverse document frequency."""

    def document_frequency(self, term: str) -> int:
        """In how many passages it stands."""

    def occurs(self, words: str) -> bool:
        """Whether some passage holds ``words`` one after the other."""


class QuestionWords:
    """The words of one question, weighed by what an index says of them."""

    def __init__(self, question: Question, analyzer: Analyzer, index: KnownWords) -> None:
        self._weights = {
            term: index.idf(term)
            * (1.0 if index.document_frequency(term) else _UNKNOWN)
            * question.background.weight(term)
            for term in question.terms
        }
        self._total = sum(self._weights.values())
        self._phrases = {bare(phrase): index.idf(phrase) for phrase in question.phrases}
        self._written = {
            term: others
            for word, others in written(question.text, analyzer, index.occurs).items()
            for term in analyzer.query_terms(word)
        }
        self._pairs = frozenset(analyzer.query_bigrams(question.text))

    def coverage(self, text: str) -> float:
        """How much of the question ``text`` speaks to, in [0, 1]; 0 for a question without terms.

        Mostly the share of its terms' idf weight; for the rest the share of its character pairs, which tells names
        that the dictionary does not know from words that only share parts with them. Terms are looked for as strings:
        taking every sentence apart would cost more than all the rest of an answer.
        """
        words = self.words(text)
        if not self._pairs or not self._total:
            return words
        pairs = sum(pair in bare(text) for pair in self._pairs) / len(self._pairs)
        return (1 - _PAIR_SHARE) * words + _PAIR_SHARE * pairs

    def words(self, text: str) -> float:
        """The share of the question's terms, by weight, that stand in ``text``."""
        found = sum(weight * self._said(term, text) for term, weight in self._weights.items())
        return found / self._total if self._total else 0.0

    def _said(self, term: str, text: str) -> float:
        """1 where the term stands in a text, less where only what regulations write for it does."""
        if occurs(term, text):
            return 1.0
        return _WRITTEN if any(occurs(other, text) for other in self._written.get(term, ())) else 0.0

    def exact(self, text: str) -> float:
        """The share of the question's phrases, by how rare they are, that stand in ``text`` word for word."""
        total = sum(self._phrases.values())
        found = sum(weight for phrase, weight in self._phrases.items() if phrase in bare(text))
        return found / (total + _COMMON) if total else 0.0
