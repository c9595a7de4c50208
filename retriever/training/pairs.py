"""Training questions, each with the passages that answer it: judged ones, and ones from documents' structure.

Nothing here asks a language model. Texts are as the product embeds them: simplified script, a passage behind
its title and headings. The kinds, each a source of its own:

- `judged`: questions of the training part with their judged passages (see `splits`)
- `template`: a question made from a rule's wording (see `templates`)
- `cloze`: a sentence → its passage (after inverse cloze: Lee, Chang and Toutanova 2019)
- `heading`: the last heading above a passage, or its title and first words → the passage
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IngestError
from ingest.loaders import is_supported, load_file
from ingest.normal import simplify
from ingest.pipeline import prepare
from ingest.sentences import split_sentences
from ingest.types import Document, Metadata, Passage
from retriever.training.splits import part_of
from retriever.training.templates import bare, questions

_ARTICLE = re.compile(r"第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?$")
_SHORT, _LONG = 8, 90
"""Characters of a sentence that can stand for a question."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passages that answer it."""

    source: str
    query: str
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A passage to make questions for. `place` are title and headings, `heading` the last of them or ""."""

    group: str
    place: str
    heading: str
    text: str

    @property
    def passage(self) -> str:
        """What the product embeds of it."""
        return f"{self.place}\n{self.text}" if self.place else self.text


def statute_blocks(corpus: Path) -> list[Block]:
    """The rows of a BEIR corpus whose titles are a law's name and 第…条."""
    blocks = []
    for line in corpus.read_text("utf-8").splitlines():
        row = json.loads(line)
        title, text = simplify(row.get("title", "")), simplify(row["text"])
        blocks.append(Block(_ARTICLE.sub("", title) or row["_id"], title, "", text))
    return blocks


def documents(folder: Path) -> Iterator[tuple[Document, tuple[Passage, ...]]]:
    """Every readable document of a folder with its passages, cut as the product cuts them.

    A title stands in `index.json` beside the folder, if there is one, else it is the file's name.
    """
    index = folder.parent / "index.json"
    rows = json.loads(index.read_text("utf-8")) if index.exists() else []
    titles = {row["key"]: row["title"] for row in rows}
    for path in sorted(p for p in folder.iterdir() if p.is_file() and is_supported(p)):
        title = Metadata(title=titles.get(path.stem, path.stem))
        try:
            yield prepare(load_file(path, origin=path.name), title, path.stem)
        except IngestError:
            continue


def document_blocks(folder: Path) -> list[Block]:
    """The passages of all documents in a folder."""
    blocks = []
    for document, passages in documents(folder):
        for passage in passages:
            place = simplify(" › ".join((document.metadata.title, *passage.path)))
            named = [part for part in passage.path if not _ARTICLE.search(part)]
            heading = simplify(named[-1]) if named and passage.path[-1] == named[-1] else ""
            blocks.append(Block(document.id, place, heading, simplify(passage.text)))
    return blocks


def structure_pairs(blocks: Sequence[Block], seed: int) -> list[Pair]:
    """At most one pair of each kind for a block, drawn with the seed."""
    draw = random.Random(seed)
    return [pair for block in blocks for pair in _of_block(block, draw)]


def _of_block(block: Block, draw: random.Random) -> Iterator[Pair]:
    right = (block.passage,)
    sentences = [span.of(block.text).strip() for span in split_sentences(block.text)]
    made = sorted({q for sentence in sentences for q in questions(sentence) if len(q) >= _SHORT})
    if made:
        yield Pair("template", draw.choice(made), right)
    usable = [s for s in map(bare, sentences) if _SHORT <= len(s) <= _LONG]
    if len(sentences) > 1 and usable:
        yield Pair("cloze", draw.choice(usable), right)
    if len(block.heading) > 4:
        yield Pair("heading", block.heading, right)
    elif sentences and len(sentences[0]) > 2 * _SHORT:
        name = _ARTICLE.sub("", block.place.split(" › ")[0])
        first = re.split("[，：；。]", bare(sentences[0]))[0][:30]
        yield Pair("heading", f"{name} {first}", right)


def judged_pairs(folder: Path, part: str = "train") -> list[Pair]:
    """The judged questions of one part (see `splits`) of a BEIR folder."""
    texts = {}
    for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        texts[row["_id"]] = simplify(f"{row['title']}\n{row['text']}" if row.get("title") else row["text"])
    relevant: dict[str, list[str]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(query, []).append(texts[document])
    asked = map(json.loads, (folder / "queries.jsonl").read_text("utf-8").splitlines())
    return [
        Pair("judged", simplify(row["text"]), tuple(relevant[row["_id"]]))
        for row in asked
        if row["_id"] in relevant and part_of(row["_id"]) == part
    ]
