"""What people say and what regulations write: 炒鱿鱼 is 辞退. Questions are searched for in both.

``lexicon/thesaurus.txt`` holds a group a line, spoken words = written ones. A group counts where one of its spoken words
stands in the question as a word (开会 does not stand in 召开会议).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from retriever.analyzer import Analyzer
from retriever.segmenter import lexicon_lines

_OPENING = "“‘「『《〈\"'"


@cache
def spoken() -> Mapping[str, tuple[str, ...]]:
    """Spoken word → the written ones for it, in the order of the file."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lexicon_lines("thesaurus.txt"):
        said, _, written = (part.strip() for part in line.partition("="))
        for word in said.split():
            others = [other for other in written.split() if other != word]
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *others)))
    return found


def in_writing(question: str, words: Mapping[str, Sequence[str]]) -> str:
    """``question`` with each spoken word of ``words`` replaced by the first of its written ones; of words that overlap the longest.

    What quotation marks open with is a name and stays.
    """
    if not words:
        return question
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    pattern = re.compile(f"(?<![{_OPENING}])(?:{'|'.join(map(re.escape, longest_first))})")
    return pattern.sub(lambda found: words[found[0]][0], question)


def written(question: str, analyzer: Analyzer, occurs: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    """The spoken words of a question, each with the written ones that ``occurs`` says the documents have.

    What the question says in writing as well is left out.
    """
    terms, characters = set(analyzer.query_terms(question)), "".join(analyzer.characters(question))
    found = {}
    for word, others in spoken().items():
        if word in characters and terms.issuperset(analyzer.query_terms(word)):
            known = tuple(other for other in others if other not in characters and occurs(other))
            if known:
                found[word] = known
    return found
