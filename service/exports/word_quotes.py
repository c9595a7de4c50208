"""An excerpt in a list of originals: where it is from, its words, what the check found."""

from __future__ import annotations

from collections.abc import Iterator

from service.exports.material import Cited
from service.exports.wordml import paragraph, run


def originals(mark: str, cited: Cited) -> Iterator[str]:
    """The paragraphs of one excerpt, ``mark`` being how its number is written."""
    yield paragraph("Source", run(mark + cited.reference))
    yield from (paragraph("Original", run(line)) for line in cited.quote.split("\n"))
    yield paragraph("Check", run(cited.verdict))
    if cited.warning:
        yield paragraph("Notice", run(cited.warning))
