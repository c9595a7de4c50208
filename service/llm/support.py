"""How far a text carries a sentence, from its words and from the vectors of both.

The sentence is held against stretches of the text of one or two sentences, so that words gathered from all over it do not
add up. Of each clause the share of its words, by how rare they are, that stand in the stretch counts; the worst clause
decides, since one foreign clause spoils a sentence. Words out of their order are no support at all. Figures and threshold:
docs/language-model.md, from ``eval.support``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingest.normal import normal_form
from ingest.sentences import split_sentences
from retriever.analyzer import Analyzer
from retriever.protocols import Embedder
from service.answering.wording import bare, occurs
from service.llm.quantities import worded

THRESHOLD = 0.80
"""Chosen on development pairs (``eval.support``)."""

_WORDS = 0.8
"""The share of the words in the score; the rest is the vectors'."""

_FUNCTION = re.compile(r"[\s的地得了着和与及并且而也还等]|[^\w]")
_SENTENCE, _SEGMENT, _PART = (
    re.compile(f"[{marks}]+") for marks in (r"。!?;\n", r",;:。!?\n", r",;:。!?、\n")
)
_LEAST = 0.1  # what the commonest word counts
_TELLING = 4  # shorter stretches between marks belong to what stands before them


class WordsAndVectors:
    """The support check of ``service.llm.types`` from the index's words and the embedder's vectors."""

    threshold = THRESHOLD

    def __init__(self, analyzer: Analyzer, idf: Callable[[str], float], embedder: Embedder) -> None:
        self._analyzer = analyzer
        self._idf = idf
        self._embedder = embedder

    def score(self, sentence: str, cited: str) -> float:
        """From 0 to 1; 0 where the words are in an order that ``cited`` does not have.

        Costs one vector for the sentence and one for the best stretch of ``cited``.
        """
        if not in_order(sentence, cited):
            return 0.0
        covered, stretch = max(
            ((self.covered(sentence, words), words) for words in stretches(cited)), default=(0.0, "")
        )
        if not covered:
            return 0.0
        first, second = self._embedder.embed_passages([normal_form(sentence), normal_form(stretch)])
        return _WORDS * covered + (1 - _WORDS) * max(0.0, float(first @ second))

    def covered(self, sentence: str, stretch: str) -> float:
        """The share of the words, by how rare they are, of the clause of ``sentence`` that has least in ``stretch``."""
        shares = [self._share(clause, stretch) for clause in _clauses(worded(normal_form(sentence)))]
        return min(shares, default=0.0)

    def _share(self, clause: str, stretch: str) -> float:
        weights = {term: max(self._idf(term), _LEAST) for term in self._analyzer.query_terms(clause)}
        total = sum(weights.values())
        there = frozenset(self._analyzer.index_terms(stretch))
        found = sum(weight for term, weight in weights.items() if term in there or occurs(term, stretch))
        return found / total if total else 1.0


def stretches(text: str) -> list[str]:
    """Every sentence of ``text`` with the one after it."""
    sentences = [span.of(text) for span in split_sentences(text)]
    return [
        sentences[i] + (sentences[i + 1] if i + 1 < len(sentences) else "") for i in range(len(sentences))
    ]


def _clauses(sentence: str) -> Sequence[str]:
    """The clauses that say something; what is too short for that goes with the one before."""
    result: list[str] = []
    for part in filter(bare, _PART.split(sentence)):
        if result and len(bare(part)) < _TELLING:
            result[-1] += f"，{part}"
        else:
            result.append(part)
    return result


def in_order(sentence: str, cited: str) -> bool:
    """Whether words side by side in ``sentence`` are so, or follow, in a sentence of ``cited``.

    What shortening leaves stands in its old order. A word in another's place does not, though the text may have it
    elsewhere (下级服从下级). Function words and quantities are left out; clauses and items may be in any order.
    """
    normal = worded(normal_form(cited))
    sentences, clauses = _runs(_SENTENCE, normal), _runs(_SEGMENT, normal)
    for words in _runs(_PART, worded(normal_form(sentence))):
        for at in range(1, len(words)):
            left, right = words[max(0, at - 2) : at], words[at : at + 2]
            beside = any(left[-1] + right[0] in run for run in sentences)
            if not beside and not any(_follow(left, right, run) for run in clauses):
                return False
    return True


def _runs(breaks: re.Pattern[str], normal: str) -> list[str]:
    return [_FUNCTION.sub("", part) for part in breaks.split(normal)]


def _follow(left: str, right: str, run: str) -> bool:
    at = run.find(left)
    return at >= 0 and run.find(right, at + len(left)) >= 0
