"""The catalogue of known regulations: sound facts, and topics that lead to them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from ingest.catalogue import known_regulations, on_topic
from ingest.metadata import RANKS


def test_every_entry_is_sound() -> None:
    titles = [r.title for r in known_regulations()]
    assert len(titles) >= 50
    assert len(set(titles)) == len(titles)
    for regulation in known_regulations():
        assert regulation.rank in RANKS[:3]
        assert regulation.topics
        assert all(len(topic) >= 2 for topic in regulation.topics)
        assert len(set(regulation.topics)) == len(regulation.topics)
        dates = [d for v in regulation.versions for d in (v.published, v.effective) if d]
        assert dates
        assert all(re.fullmatch(r"(?:19|20)\d\d(?:-[01]\d(?:-[0-3]\d)?)?", date) for date in dates)
        assert all(a.since < b.since for a, b in pairwise(regulation.versions))
        assert all(v.published[:4] <= v.effective[:4] for v in regulation.versions if v.effective)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("入党积极分子至少要培养考察多长时间？", "中国共产党发展党员工作细则"),
        ("提拔干部任前公示要公示几天", "党政领导干部选拔任用工作条例"),
        ("党旗有哪几种规格", "中国共产党党徽党旗条例"),
        ("受了严重警告处分影响期多长", "中国共产党纪律处分条例"),
        ("公务接待一顿饭能花多少", "党政机关厉行节约反对浪费条例"),
    ],
)
def test_topics_lead_to_the_regulation(question: str, title: str) -> None:
    assert on_topic(question)[0].title == title


@pytest.mark.parametrize("question", ["红烧肉怎么做？", "今天天气好吗", ""])
def test_what_is_on_no_topic_leads_nowhere(question: str) -> None:
    assert on_topic(question) == ()
