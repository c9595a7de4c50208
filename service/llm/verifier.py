"""Which sentences of a model may be shown: those that cite, and whose cited text carries them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.llm import facts
from service.llm.types import Sentence, Support
from service.types import Citation

_SHORTEST, _LONGEST = 5, 300
_LINK = re.compile(
    r"^(?:同时|其中|此外|另外|首先|其次|再次|最后|例如|比如|具体(?:来说|而言)?|总之|因此|据此|资料(?:中)?(?:还)?(?:指出|提到|显示|要求|规定|强调|介绍)|"
    r"一方面|另一方面|一是|二是|三是|四是|五是|在此基础上|与此同时|"
    r"(?:根据|按照|依据)?《[^《》]*》(?:规定|要求|指出|明确|提出|强调)?)[，,：:]?"
)
"""Words that connect a sentence with the one before; they say nothing of the subject and need no source."""

_MARKUP = re.compile(r"[\[\]［］【】<>{}|]|https?:|www\.")


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence and, in Chinese, why it must not be shown; empty where it may."""

    sentence: Sentence
    reason: str = ""


class Verifier:
    """Checks sentences against the texts that they cite."""

    def __init__(self, support: Support, terms: facts.Terms, known: Callable[[str], bool]) -> None:
        """``terms`` gives the content terms of a text, ``known`` says whether the library has a term."""
        self._support = support
        self._terms = terms
        self._known = known

    def check(
        self, sentences: Sequence[Sentence], citations: Mapping[int, Citation], texts: Mapping[int, str]
    ) -> tuple[Checked, ...]:
        """Each sentence with its verdict; ``texts`` are the words of the citations that may support."""
        return tuple(Checked(sentence, self._reason(sentence, citations, texts)) for sentence in sentences)

    def _reason(self, sentence: Sentence, citations: Mapping[int, Citation], texts: Mapping[int, str]) -> str:
        if not sentence.citations:
            return "没有注明出处"
        if unknown := [number for number in sentence.citations if number not in texts]:
            return f"没有编号为 {unknown[0]} 的引文"
        if _MARKUP.search(sentence.text) or not _SHORTEST <= len(sentence.text) <= _LONGEST:
            return "不是一句完整的话"
        cited = "\n".join(texts[number] for number in sentence.citations)
        titles = [citations[number].title for number in sentence.citations]
        wrong, score = self.judge(sentence.text, cited, titles)
        return wrong or ("" if score >= self._support.threshold else "引文不足以支持")

    def judge(self, text: str, cited: str, titles: Sequence[str]) -> tuple[str, float]:
        """The first fact of a sentence that ``cited`` does not have, in Chinese or empty; how far the text carries the rest.

        ``titles`` are those of the cited documents: names may come from them.
        """
        said = _LINK.sub("", text)
        wrong = facts.quotations(text, cited, titles) or self._wrong(said, cited, titles)
        return wrong, 0.0 if wrong else self._support.score(said, cited)

    def _wrong(self, text: str, cited: str, titles: Sequence[str]) -> str:
        return (
            facts.numbers(text, cited)
            or facts.names(text, cited, titles, self._terms, self._known)
            or facts.negations(text, cited)
            or facts.bindings(text, cited)
        )
