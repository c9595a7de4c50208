"""Write which characters sound alike, for `retriever.spelling`.

    python -m retriever.training.syllables

writes `retriever/lexicon/syllables.txt`: a line a syllable without its tone, and the characters of GB 2312 that are read so; a
character has at most its two commonest readings. They are taken from the package `pypinyin` (MIT), extra `convert`.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).parent.parent / "lexicon" / "syllables.txt"
_READINGS = 2
_HEAD = "# Characters that sound alike (without tones). Made by retriever.training.syllables; readings of pypinyin, MIT.\n"


def characters() -> str:
    """The Chinese characters of GB 2312, in its order."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", "ignore") for cell in cells)


def table() -> str:
    """The file's content."""
    from pypinyin import Style, pinyin

    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in characters():
        for syllable in pinyin(char, style=Style.NORMAL, heteronym=True)[0][:_READINGS]:
            found[syllable].append(char)
    return _HEAD + "".join(f"{syllable} {''.join(chars)}\n" for syllable, chars in sorted(found.items()))


def main() -> int:
    """Command line."""
    OUT.write_text(table(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
