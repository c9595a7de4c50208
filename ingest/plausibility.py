"""How likely a decoded text is to be Chinese: what tells one legacy encoding from another in a short file.

Bytes of GB18030 decode as Big5 (and the other way round) into characters that exist but that nobody writes.
``log_likelihood`` prices each character by its class: the most frequent ones, the other common ones (GB2312
level 1, Big5 level 1), the rare ones (level 2), and what has no business in a text. The prices are natural
logarithms of a rough probability per character; they need only be right in order of magnitude.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# The most frequent characters, most frequent first, with those that party and legal texts add.
_FREQUENT_SIMPLIFIED = (
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小"
    "么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知"
    "民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话者向情部正名定女问力机给等几很业最间新"
    "什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体"
    "别处总才场师书比住员九性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计或司利"
    "受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服林题建南度统色字请交爱让认算论百"
    "义科元社术结六功指思非流每青管连远资队带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城强"
    "步完革深区即求品士转量空众技轻程告江语英基派满式李息写识极令黄德收党未持取设始版双历越史商千片容研像"
    "找友站广改议形委早音火际则首单据导影失拿网似斯专石若兵校读志飞观争究包组造落视济喜离虽集编谈府且随格"
    "尽讲布微母调局根曾准团段终乐切级克精官示冲男举客证照注费足尔招群热推响称兴待约阳整支古汉突号绝选参刊"
    "亚复类备另势刻星断陈掌农般念价规底故省显消衣陆器确破具居批送督纪律责违审监察惩依检履职范例章款项罚贯"
    "彻促夯堡垒融创质模宣抓牢固践廉洁绩述评考核奖励档案申访密秘守负担承诺协助配置施增升企县乡镇村街域属构"
    "益财损害赔偿诉讼判裁仲婚姻继租赁劳险投银券税额账购买销售营标环境卫医疗育园培训课堂演届票"
)

_FREQUENT_TRADITIONAL = (
    "的一是不了在人有我他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自着去之過家學對可裏後小"
    "麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知"
    "民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話者向情部正名定女問力機給等幾很業最間新"
    "什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市眼體"
    "別處總才場師書比住員九性通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計或司利"
    "受光王果親界及今京務制解各任至清物臺象記邊共風戰幹接它許八特覺望直服林題建南度統色字請交愛讓認算論百"
    "義科元社術結六功指思非流每青管連遠資隊帶花快條院變聯言權往展該領傳近留紅治決周保達辦運武半候七必城強"
    "步完革深區即求品士轉量空衆技輕程告江語英基派滿式李息寫識極令黃德收黨未持取設始版雙歷越史商千片容研像"
    "找友站廣改議形委早音火際則首單據導影失拿網似斯專石若兵校讀志飛觀爭究包組造落視濟喜離雖集編談府且隨格"
    "盡講布微母調局根曾準團段終樂切級克精官示衝男舉客證照注費足爾招羣熱推響稱興待約陽整支古漢突號絕選參刊"
    "亞復類備另勢刻星斷陳掌農般念價規底故省顯消衣陸器確破具居批送督紀律責違審監察懲依檢履職範例章款項罰貫"
    "徹促夯堡壘融創質模宣抓牢固踐廉潔績述評考核獎勵檔案申訪密祕守負擔承諾協助配置施增升企縣鄉鎮村街域屬構"
    "益財損害賠償訴訟判裁仲婚姻繼租賃勞險投銀券稅額賬購買銷售營標環境衛醫療育園培訓課堂演屆票里台裡著併群"
)

_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉【】「」『』〔〕—…·～\u3000")
_SYMBOLS = frozenset("％℃×÷±°§№→←↑↓■□●○◆◇★☆※▲△〇〓￥")

_INSIDE_WORD = re.compile("(?<=[a-z])[\u4e00-\u9fff]|[\u4e00-\u9fff](?=[a-z])")

_TOP, _NEXT = 100, 300  # ranks where the price of a frequent character changes
_PRICE_TOP = -5.7
_PRICE_NEXT = -6.8
_PRICE_FREQUENT = -7.8
_PRICE_COMMON = -10.2
_PRICE_RARE = -13.5
_PRICE_UNUSUAL = -17.0
_PRICE_PUNCTUATION = -5.5
_PRICE_ASCII = -4.5
_PRICE_INSIDE_WORD = -3.0  # a Chinese character beside a small letter: more often an accented letter misread
_PRICE_CONTROL = -25.0
_PRICE_PRIVATE = -25.0
_PRICE_UNASSIGNED = -30.0

# First code point, last code point, price: blocks that Chinese texts use a little or not at all.
_BLOCKS: tuple[tuple[int, int, float], ...] = (
    (0x00A0, 0x07FF, -10.0),  # Latin with accents, Greek, Cyrillic, Hebrew, Arabic: two bytes in UTF-8
    (0x2010, 0x203F, -9.5),  # dashes and other general punctuation
    (0x2160, 0x217F, -10.5),  # Roman numerals
    (0x2460, 0x24FF, -10.0),  # circled numbers
    (0x2500, 0x257F, -12.5),  # box drawing
    (0x3001, 0x303F, -10.0),  # the other CJK punctuation
    (0x3041, 0x30FF, -12.0),  # kana
    (0x3105, 0x312F, -13.0),  # bopomofo
    (0x3220, 0x33FF, -13.0),  # enclosed and squared characters
    (0xFF01, 0xFF5E, -9.0),  # full-width ASCII
    (0xFF61, 0xFFDC, -18.0),  # half-width katakana and hangul
    (0x1F300, 0x1FAFF, -13.0),  # emoji
)


def log_likelihood(text: str) -> float:
    """The natural logarithm of how likely ``text`` is, as simplified or as traditional Chinese, whichever is more."""
    counts = Counter(text)
    prices = max(
        sum(number * price(char) for char, number in counts.items())
        for price in (_simplified_price, _traditional_price)
    )
    return prices + _PRICE_INSIDE_WORD * len(_INSIDE_WORD.findall(text))


def mean_price(text: str) -> float:
    """``log_likelihood`` per character that is not ASCII, the ASCII ones left out; 0.0 where there are none."""
    ascii_part = "".join(filter(str.isascii, text))
    foreign = len(text) - len(ascii_part)
    return (log_likelihood(text) - log_likelihood(ascii_part)) / foreign if foreign else 0.0


@lru_cache(maxsize=1 << 15)
def _simplified_price(char: str) -> float:
    return _price(char, _SIMPLIFIED_RANK.get(char), _level(char, "gb2312", b"\xb0", b"\xd8", b"\xf8"))


@lru_cache(maxsize=1 << 15)
def _traditional_price(char: str) -> float:
    return _price(char, _TRADITIONAL_RANK.get(char), _level(char, "big5", b"\xa4", b"\xc7", b"\xfa"))


def _price(char: str, rank: int | None, level: int) -> float:
    if char.isascii():
        return _PRICE_ASCII if char.isprintable() or char in "\t\n\r\f" else _PRICE_CONTROL
    if rank is not None:
        return _PRICE_TOP if rank < _TOP else _PRICE_NEXT if rank < _NEXT else _PRICE_FREQUENT
    if char in _PUNCTUATION:
        return _PRICE_PUNCTUATION
    if level:
        return _PRICE_COMMON if level == 1 else _PRICE_RARE
    if char in _SYMBOLS:
        return -10.0
    return _block_price(char)


def _level(char: str, codec: str, common: bytes, rare: bytes, end: bytes) -> int:
    """1 for the common characters of a two-byte character set, 2 for its rare ones, 0 for anything else."""
    try:
        encoded = char.encode(codec)
    except UnicodeEncodeError:
        return 0
    if len(encoded) != 2 or not "\u4e00" <= char <= "\u9fff":
        return 0
    return 1 if common <= encoded < rare else 2 if rare <= encoded < end else 0


def _block_price(char: str) -> float:
    code = ord(char)
    for first, last, price in _BLOCKS:
        if first <= code <= last:
            return price
    category = unicodedata.category(char)
    if category == "Cn":
        return _PRICE_UNASSIGNED
    if category in ("Co", "Cs"):
        return _PRICE_PRIVATE
    if category == "Cc":
        return _PRICE_CONTROL
    return _PRICE_UNUSUAL


_SIMPLIFIED_RANK = {char: rank for rank, char in enumerate(_FREQUENT_SIMPLIFIED)}
_TRADITIONAL_RANK = {char: rank for rank, char in enumerate(_FREQUENT_TRADITIONAL)}
