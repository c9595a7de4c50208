"""Which versions of a regulation a question names: 2010年的保密法, 旧版, 修订前, or several to compare (新旧保密法).

A question that names none is answered from what is in force; so is one that names the version in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.families import Family, Version, family_key
from ingest.normal import normal_form
from ingest.standing import NOT_YET, Standing
from service.answering.titles import letters, scattered

_YEAR = r"(?:19|20)[0-9]{2}"
_EDITION = rf"{_YEAR}(?:年(?:度)?|(?=版|本))(?:新?修[订正]|发布|公布|施行|颁布|制定|通过)?(?:的?版本?|本)?的?"
_OF_YEAR = (
    r"年?(?:度|[0-9]{1,2}月(?:[0-9]{1,2}日)?)?(?:新?修[订正]|发布|公布|施行|颁布|制定|通过)?的?版?本?的?"
    r"(?:中华人民共和国|中国共产党)?"
)
_LINK = r"[\s]*(?:和|与|、|跟|同|及|到|至|相?比|对比)[\s]*"
_EDITIONS = re.compile(rf"{_EDITION}(?:{_LINK}{_EDITION})*")
_BARE_YEARS = re.compile(rf"(?<![0-9])({_YEAR})(?![0-9])")
_NORM = r"(?:法(?!律|规(?!定)|[治定院官制人])|条例|规定|办法|准则|规则|细则|章程|党章|制度|规程|守则)"
_NAME_END = re.compile(_NORM)
_LETTERS = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST_NAME, _SURE_NAME = 40, 4
_OLD = re.compile(
    r"旧版本?的?|老版本的?|老版的?|(?:新?修[订正改]|废止|失效)(?:之)?前的?|(?:已|已经|被)(?:废止|失效|修[订改])的|[上前]一版的?"
)
_OLD_BEFORE_NAME = r"(?:旧|老|原|原来|原先|以前|过去)的?"
_COMING = re.compile(r"(?:即将|将要|还?没有?|尚未)(?:施行|实施|生效)的?|新修[订正]的?|最新(?:版本?)?的?")
_BOTH = re.compile(
    r"新旧(?:两?个?版本?)?的?|新老(?:两?个?版本?)?的?|修[订改正]前后的?|前后(?:两个?版本?)的?|两个?版本?的?"
)
_DIFFERENCE = re.compile(
    r"(?:什么|哪些|何|啥|多大)(?:不同|区别|差异|差别|变化|修改|改动|调整|异同)|"
    r"(?:不同点?|区别|差异|差别|异同|变化)(?:是什么|在哪|有哪|何在)|差在哪|对比|比较|相比|"
    r"(?:修[订改正]|改|变|新增|增加|减少|删除?|多|少)了(?:什么|哪些|啥)|不一样|(?:一样|相同|一致)吗"
)
_EACH = re.compile(r"分别|各自?(?![级种类个项地])")
_REVISED = re.compile(r"修[订正]|变化|改了|新增了")
_NO_TOPIC = re.compile(
    r"主要|内容|条款|条文|规定|地方|方面|具体|前后|[前后在有的了是吗呢和与比及对中里]|之间|相比|请问|说明|总结|概括|一下|什么|哪些|都|"
    r"中华人民共和国|中国共产党|中共中央|修[订改正]|新旧|如何|怎么样?|怎样"
)


@dataclass(frozen=True, slots=True)
class Named:
    """``versions`` are those that a question names, oldest first; empty where it names none but the one in force.

    ``compare`` says that they are to be put beside each other; ``topic`` is false where the question asks only how they
    differ. ``text`` is the question without the words that name the versions.
    """

    text: str
    versions: tuple[Version, ...] = ()
    compare: bool = False
    topic: bool = True


_UNNAMED = re.compile(
    rf"(?:{_YEAR}(?:年(?:的|版|那[部个版])?|版)?|[旧老新]|现行的?|原[来先]的?|两[部个])《?{_NORM}"
)
_COMMON = re.compile(
    rf"中华人民共和国|中国共产党|中共中央|国务院|国家|工作|管理|实施|暂行|试行|若干|关于|{_NORM}"
)


def named_versions(question: str, families: Sequence[Family], on: Callable[[str], Standing]) -> Named:
    """What ``question`` names among ``families``; ``on`` tells what a document is on the day asked about."""
    normal = normal_form(question)
    found = _family(normal, families, on) or _unnamed_family(normal, families)
    if found is None:
        return Named(question)
    family, name = found
    versions = [version for version in family.versions if not version.draft]
    asked = _compared(normal, name, versions, on)
    compare = len(asked) > 1
    if not compare:
        asked = _one(normal, name, versions, on)
    if not asked or (not compare and _speaks(asked[0], on)):
        return Named(question)
    return Named(_without(normal, name), tuple(asked), compare, _has_topic(normal, name, versions))


def _family(
    normal: str, families: Sequence[Family], on: Callable[[str], Standing]
) -> tuple[Family, str] | None:
    """The family that the longest name in the question fits, and that name; only one that has a choice of versions.

    Where another family fits a longer name, or as long a one better, that one is meant and there is nothing to choose.
    """
    names = sorted(set(_names(normal)), key=lambda name: (-len(name), name))
    restless = [
        family
        for family in families
        if len(family.versions) > 1 or not any(_speaks(version, on) for version in family.versions)
    ]
    found = _best_fit(names, restless)
    if found is None:
        return None
    longest = [name for name in names if len(name) >= len(found[1])]
    return found if _best_fit(longest, families) == found else None


def _unnamed_family(normal: str, families: Sequence[Family]) -> tuple[Family, str] | None:
    """The family of a question that only says 2005年条例和2022年条例, or 新条例和老条例: the one with a choice of versions of
    whose titles the question has what is not said of every regulation (信访), and that part. None where several would do."""
    if len(_UNNAMED.findall(normal)) < 2:
        return None
    plain = letters(normal)
    fitting = {}
    for family in families:
        cores = {_COMMON.sub("", letters(version.title)) for version in family.versions}
        said = [core for core in cores if len(core) > 1 and core in plain]
        if said and len(family.versions) > 1:
            fitting[family.key] = family, max(said, key=len)
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _best_fit(names: Iterable[str], families: Sequence[Family]) -> tuple[Family, str] | None:
    """The first of ``names`` that fits a title, with the family of the shortest such title."""
    titles = [(letters(version.title), family) for family in families for version in family.versions]
    for name in names:
        fitting = [(len(title), family) for title, family in titles if scattered(title, name)]
        if fitting:
            return min(fitting, key=lambda pair: (pair[0], pair[1].key))[1], name
    return None


def _names(normal: str) -> Iterator[str]:
    """What may be a regulation's name: every run of characters that ends as such names do."""
    for run in _LETTERS.finditer(re.sub(r"[\s《》]", "", normal)):
        for end in _NAME_END.finditer(run.group()):
            for start in range(max(0, end.end() - _LONGEST_NAME), end.end() - 1):
                name = run.group()[start : end.end()]
                if not re.fullmatch(_NORM, name) or name == "党章":
                    yield name


def _is_old(normal: str, name: str) -> bool:
    """Whether the question says that it means an older version: 旧版 anywhere, 旧, 原来的 before the name."""
    return bool(_OLD.search(normal) or re.search(rf"{_OLD_BEFORE_NAME}《?{re.escape(name)}", normal))


def _compared(
    normal: str, name: str, versions: Sequence[Version], on: Callable[[str], Standing]
) -> list[Version]:
    """The versions to put beside each other: those of the years or titles given, else the current one and the one before."""
    years = list(dict.fromkeys(_BARE_YEARS.findall(normal)))
    dated = _of_years(years, versions)
    if len(dated) > 1 and _EACH.search(normal):
        return dated
    if not _BOTH.search(normal) and not _DIFFERENCE.search(normal):
        return []
    if len(dated) > 1:
        return dated
    keys = _titles_in(normal, versions)
    if len(keys) > 1:
        return [version for version in versions if family_key(version.title) in keys][-2:]
    current = max(
        (i for i, version in enumerate(versions) if _speaks(version, on)), default=len(versions) - 1
    )
    if dated and dated[0] is not versions[current]:
        return sorted([dated[0], versions[current]], key=versions.index)
    revised = (
        _BOTH.search(normal) or _REVISED.search(normal) or _is_old(normal, name) or _UNNAMED.search(normal)
    )
    return list(versions[current - 1 : current + 1]) if revised and current > 0 else []


def _titles_in(normal: str, versions: Sequence[Version]) -> set[str]:
    """The keys of those versions whose whole title the question has, longer ones taken out first."""
    rest, found = letters(normal), set()
    for key in sorted({family_key(version.title) for version in versions}, key=lambda key: (-len(key), key)):
        if key in rest:
            found.add(key)
            rest = rest.replace(key, "，")
    return found


def _one(normal: str, name: str, versions: Sequence[Version], on: Callable[[str], Standing]) -> list[Version]:
    """The one version that the question names, if any."""
    plain = re.sub(r"[\s《》]", "", normal)
    before, after = rf"({_YEAR}){_OF_YEAR}{re.escape(name)}", rf"{re.escape(name)}[(]?({_YEAR})(?:年|版|[)])"
    if beside := re.search(f"{before}|{after}", plain):
        year = next(filter(None, beside.groups()))
        return _of_years([year], versions) or _in_force_in(year, versions)
    silent = [version for version in versions if not _speaks(version, on)]
    past = [version for version in silent if on(version.ids[0]).status != NOT_YET]
    if _COMING.search(normal) and silent and silent[-1] is versions[-1] and silent[-1] not in past:
        return [silent[-1]]
    alone = len(silent) == len(versions) and len(name) >= _SURE_NAME
    return (past or silent)[-1:] if _is_old(normal, name) or alone else []


def _of_years(years: Iterable[str], versions: Sequence[Version]) -> list[Version]:
    """The versions issued or in force from one of ``years``: by the date of issue where any has that."""
    wanted = set(years)
    issued = {year for year in wanted if any(version.published.startswith(year) for version in versions)}
    return [
        version
        for version in versions
        if version.published[:4] in issued or version.effective[:4] in wanted - issued
    ]


def _in_force_in(year: str, versions: Sequence[Version]) -> list[Version]:
    """The version in force at the end of ``year``."""
    return [version for version in versions if version.since and version.since <= f"{year}-12-31"][-1:]


def _speaks(version: Version, on: Callable[[str], Standing]) -> bool:
    return any(on(identity).speaks for identity in version.ids)


def _without(normal: str, name: str) -> str:
    """The question without the words that only say which version is meant."""
    for pattern in (_EDITIONS, _BOTH, _OLD, _COMING):
        normal = pattern.sub("", normal)
    normal = re.sub(rf"{_OLD_BEFORE_NAME}(?=《?{re.escape(name)})", "", normal)
    return re.sub(r"[(]\s*[)]", "", normal).strip()


def _has_topic(normal: str, name: str, versions: Sequence[Version]) -> bool:
    """Whether the question says what of the regulation it is about."""
    rest = letters(_DIFFERENCE.sub("", _without(normal, name)))
    for title in sorted(
        {name, *(family_key(v.title) for v in versions)}, key=lambda title: (-len(title), title)
    ):
        rest = rest.replace(title, "")
    return len(_NO_TOPIC.sub("", rest)) > 1


def version_labels(versions: Sequence[Version]) -> tuple[str, ...]:
    """A few words for each version: 2010年版; the whole date, then the title, where the year does not tell them apart."""
    dates = [version.published or version.effective for version in versions]
    for labels in ([f"{date[:4]}年版" for date in dates], [f"{date}版" for date in dates]):
        if all(dates) and len(set(labels)) == len(labels):
            return tuple(labels)
    return tuple(f"{version.title}（{number}）" for number, version in enumerate(versions, 1))
