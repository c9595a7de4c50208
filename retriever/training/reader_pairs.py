"""What the sentence reader learns from: questions, each with sentences that answer it and sentences that do not.

    python -m retriever.training.reader_pairs --reading DATA/cmrc2018_dev=CAND/cmrc2018_dev.jsonl … --passages CAND/train.jsonl
        --articles DATA/stard_law/corpus.jsonl --out SETS/reader

Reading sets tell where an answer stands. Their documents are parted by a hash of their titles, so that no article is on
both sides: one half trains (`train.jsonl`), of the other `<set>.jsonl` asks which sentence of the first three passages answers.
`--held` writes the latter for a whole set that never trains. Sentences are cut as the product cuts them. Of those that
hold the words of the answer without being marked nobody knows whether they answer: they are left out. Lines are examples of
`rerank_train`; the score of a sentence is the share of the question's character pairs in it. `--passages` takes over judged
statutes and questions by pattern, as they are; `--articles` adds the questions of `written`. Nothing of `eval/data` is read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ingest.normal import simplify
from ingest.sentences import split_sentences
from retriever.embedders import load_embedder
from retriever.training import written
from retriever.training.likeness import overlap
from retriever.training.rerank_train import Example, Found, read_examples

NEVER = ("xquad",)
"""Sets that only measure: their names hold one of these."""
KINDS = ("judged", "template")
_PASSAGES, _PER_PASSAGE, _RANDOM, _READ = 6, 3, 4, 3
_SHORTEST = 6
_TAKEN = 16


@dataclass(frozen=True, slots=True)
class Text:
    """A document of a reading set: its title, and its sentences with their places in it."""

    id: str
    title: str
    sentences: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A question, the document that answers it, and the answers in it with where they begin."""

    id: str
    query: str
    document: str
    answers: tuple[tuple[int, str], ...]
    passages: tuple[str, ...]


def trains(title: str) -> bool:
    """Whether an article is of the half that trains; a title counts alike in both scripts."""
    return hashlib.sha256(simplify(title).encode()).digest()[0] % 2 == 0


def read_texts(folder: Path) -> dict[str, Text]:
    """The documents of a BEIR folder by id."""
    texts = {}
    for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        spans = split_sentences(row["text"])
        sentences = tuple((span.start, span.of(row["text"])) for span in spans)
        texts[row["_id"]] = Text(row["_id"], row["title"], sentences)
    return texts


def read_marked(folder: Path, candidates: Path) -> Iterator[Marked]:
    """The questions of a reading set that `eval.candidates` wrote passages for."""
    answers = {}
    for line in (folder / "answers.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        answers[row["query_id"]] = (row["doc_id"], tuple((a["start"], a["text"]) for a in row["answers"]))
    for line in candidates.read_text("utf-8").splitlines():
        row = json.loads(line)
        document, spans = answers[row["id"]]
        found = tuple(dict.fromkeys(one["id"] for one in row["found"]))
        yield Marked(row["id"], row["query"], document, spans, found)


def sentences_of(text: Text, query: str) -> list[Found]:
    """The sentences of a document, in order."""
    return [
        Found(f"{text.id}#{number}", text.title, sentence.strip(), round(overlap(query, sentence), 4))
        for number, (_, sentence) in enumerate(text.sentences)
        if len(sentence.strip()) >= _SHORTEST
    ]


def right_of(text: Text, question: Marked) -> dict[str, int]:
    """The sentences that the answers reach into, by id."""
    return {
        f"{text.id}#{number}": 1
        for number, (begin, sentence) in enumerate(text.sentences)
        if any(s < begin + len(sentence.rstrip()) and begin < s + len(a) for s, a in question.answers)
    }


def training_example(
    kind: str, question: Marked, texts: Mapping[str, Text], ours: Sequence[Text], draw: random.Random
) -> Example:
    """All sentences of the text that answers, the likest of other passages found among `ours`, and some drawn."""
    text = texts[question.document]
    right = right_of(text, question)
    known = {one.id for one in ours}
    others = [name for name in question.passages if name in known and name != text.id][:_PASSAGES]
    found = sentences_of(text, question.query)
    for name in others:
        alike = sorted(sentences_of(texts[name], question.query), key=lambda one: -one.score)
        found += alike[:_PER_PASSAGE]
    for other in draw.sample(ours, _RANDOM):
        if other.id not in (text.id, *others) and (sentences := sentences_of(other, question.query)):
            found.append(draw.choice(sentences))
    words = [simplify(answer).strip() for _, answer in question.answers]
    kept = tuple(o for o in found if o.id in right or not any(word in simplify(o.text) for word in words))
    return Example(f"{kind}-{question.id}", question.query, right, kept)


def reading_example(question: Marked, texts: Mapping[str, Text]) -> Example:
    """All sentences of the first passages found, likest first."""
    found = [one for name in question.passages[:_READ] for one in sentences_of(texts[name], question.query)]
    found.sort(key=lambda one: -one.score)
    return Example(question.id, question.query, right_of(texts[question.document], question), tuple(found))


def passage_examples(path: Path) -> Iterator[Example]:
    """Judged questions and those by pattern, with the first passages found and the right ones."""
    for one in read_examples(path):
        if one.id.split("-")[0] in KINDS:
            right = {found.text for found in one.found if found.id in one.right}
            kept = (
                found
                for number, found in enumerate(one.found)
                if found.id in one.right or (number < _TAKEN and found.text not in right)
            )
            yield Example(one.id, one.query, one.right, tuple(kept))


def write(path: Path, examples: Iterable[Example]) -> int:
    """Write examples, one a line; how many."""
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in examples]
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return len(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line. Exits with a message where a set is to train that never may."""
    parser = argparse.ArgumentParser(prog="reader_pairs", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--reading", nargs="*", default=[], metavar="FOLDER=CANDIDATES")
    parser.add_argument("--held", nargs="*", default=[], metavar="FOLDER=CANDIDATES")
    parser.add_argument("--passages", type=Path, help="of eval.candidates, with --gold")
    parser.add_argument(
        "--articles", type=Path, help="corpus.jsonl that questions of the folder `written` are about"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    examples: list[Example] = list(passage_examples(args.passages)) if args.passages else []
    if args.articles:
        read = list(written.read_all(corpus=args.articles))
        examples += written.examples(read, args.seed, load_embedder())
    counts = {}
    for given in (*args.reading, *args.held):
        folder, candidates = map(Path, given.split("="))
        texts = read_texts(folder)
        questions = list(read_marked(folder, candidates))
        if given in args.reading:
            if any(word in folder.name for word in NEVER):
                parser.error(f"{folder.name} only measures")
            draw, kind = random.Random(args.seed), folder.name[:4]
            ours = [text for text in texts.values() if trains(text.title)]
            for question in questions:
                if trains(texts[question.document].title):
                    examples.append(training_example(kind, question, texts, ours, draw))
            questions = [one for one in questions if not trains(texts[one.document].title)]
        held = [reading_example(question, texts) for question in questions]
        counts[folder.name] = write(args.out / f"{folder.name}.jsonl", held)
    print(json.dumps({"train": write(args.out / "train.jsonl", examples), **counts}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
