"""Answers as files: the numbers of the answer, quotes as they are stored, files that always open."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.api.models import AnswerOut, CitationOut, ClaimOut
from service.exports import answer_markdown, answer_text, answer_word
from service.exports.words import printable
from service.lesson.types import Excerpt, ExcerptState
from service.types import Kind, Status
from tests.export_samples import citation, document, word_text

SOURCE = document(
    "前言。支部要建强。后记。", title="某条例", source="国务院", published="2020-01-02", kind="法规"
)


def answer(excerpts: list[Excerpt], *claims: ClaimOut, **known: object) -> AnswerOut:
    """An answered howto over these excerpts."""
    facts = {
        "question": "怎样建强支部？",
        "status": Status.ANSWERED,
        "kind": Kind.HOWTO,
        "answer": "见要点",
        "claims": list(claims),
        "conversation_id": "",
        "citations": [CitationOut.of(excerpt.citation) for excerpt in excerpts],
        "evidence": 0.9,
        "suggestions": [],
        "timings_ms": {},
    }
    return AnswerOut.model_validate(facts | known)


def claim(text: str, *numbers: int, **known: object) -> ClaimOut:
    return ClaimOut.model_validate({"text": text, "verbatim": True, "citations": list(numbers)} | known)


def test_points_keep_their_numbers_labels_and_groups() -> None:
    excerpts = [Excerpt(citation(SOURCE, "支部要建强。", number)) for number in (1, 2)]
    made = answer(
        excerpts,
        claim("支部要建强。", 1, 2, label="总要求", nature="规定"),
        claim("我们归纳的话。", 2, verbatim=False, nature="做法"),
        notes=["原文有新版本。"],
    )
    documents = {SOURCE.id: SOURCE}
    text = answer_text(made, excerpts, documents)
    assert "规定：\n\n1. 总要求：支部要建强。[1][2]\n\n做法：\n\n2. 我们归纳的话。[2]（这一点经过归纳" in text
    assert "注意：原文有新版本。" in text
    assert "[1] 国务院. 某条例[Z]. 2020-01-02. 第一章 › 第二条。\n“支部要建强。”" in text
    markdown = answer_markdown(made, excerpts, documents)
    assert "1. **总要求**：支部要建强。\\[1\\]\\[2\\]" in markdown
    assert "共2条，全部一致" in markdown
    word = answer_word(made, excerpts, documents)
    assert "1. 总要求：支部要建强。[1][2]" in word_text(word, "Body Text")


def test_what_is_gone_is_said_beside_its_quote() -> None:
    excerpts = [Excerpt(citation(SOURCE, "支部要建强。"), ExcerptState.VANISHED, "这份资料已不在资料库中。")]
    made = answer(excerpts, claim("支部要建强。", 1))
    for text in (
        answer_text(made, excerpts, {}),
        answer_markdown(made, excerpts, {}),
        "\n".join(word_text(answer_word(made, excerpts, {}))),
    ):
        assert "〔原文已找不到〕这份资料已不在资料库中。" in text
        assert "全部一致" not in text


hostile = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\x00\x0b\r\n\t<&>]\\*“𠮷")),
    min_size=1,
    max_size=80,
)


@settings(max_examples=25)
@given(hostile, hostile)
@example("]]>\x00\r\n</w:t>", "\\")
@example("\n", "\x1f")
def test_files_always_open_and_quotes_are_what_is_stored(quote: str, words: str) -> None:
    of = document(f"前。{quote}后。", title=words, source=words)
    excerpts = [Excerpt(citation(of, quote, location=words))]
    made = answer(
        excerpts, claim(quote, 1, label=words), question=words, notes=[words], resolved_question=words
    )
    data = answer_word(made, excerpts, {of.id: of})
    assert "\n".join(word_text(data, "原文")) == printable(quote)
    for kind in (answer_text, answer_markdown):
        kind(made, excerpts, {of.id: of}).encode("utf-8")
    refused = made.model_copy(update={"status": Status.NOT_FOUND, "claims": [], "answer": words})
    assert word_text(answer_word(refused, excerpts, {of.id: of}), "Title")
