"""What an embedder's cosine is worth: the cosine that unrelated texts have.

Models differ in this: with one, unrelated texts stand at 0.8, with another at 0.2. The mean over pairs of
unrelated questions and passages, all of everyday matters, is measured when an index is built and kept in its
manifest; fusion takes it for zero. It depends on the embedder alone, so that scores stay comparable from
corpus to corpus.
"""

from __future__ import annotations

import numpy as np

from retriever.protocols import Embedder

_PAIRS = (
    (
        "红烧肉怎么做才不腻？",
        "五花肉先焯水，再用小火煸出油脂，加冰糖、酱油和黄酒慢炖一个小时，收汁前撒上葱段。",
    ),
    (
        "手机屏幕摔碎了能自己换吗？",
        "更换屏幕需要拆下后盖、断开排线，没有专用工具容易损坏电池，建议送到维修点处理。",
    ),
    ("长江有多长？", "长江发源于青藏高原，流经十一个省级行政区，全长六千三百多公里，在上海注入东海。"),
    ("怎样给小狗洗澡？", "水温保持在三十八度左右，先打湿背部，再涂宠物香波，避开眼睛和耳朵，洗完立即吹干。"),
    (
        "光合作用的条件是什么？",
        "绿色植物在有光的条件下，利用叶绿体把二氧化碳和水转化为有机物，同时放出氧气。",
    ),
    (
        "北京到广州坐高铁要几个小时？",
        "这趟列车早上八点发车，途经石家庄、郑州、武汉和长沙，下午四点前到达终点站。",
    ),
    ("感冒发烧吃什么药？", "体温超过三十八度五可以服用退烧药，多喝温水，注意休息，三天不退应当及时就医。"),
    ("吉他入门先学哪首曲子？", "初学者先练右手拨弦和左手的几个基本和弦，节奏稳定以后再弹简单的民谣。"),
    ("怎么申请驾照？", "报名后依次参加理论考试、场地考试和道路考试，全部合格以后领取机动车驾驶证。"),
    ("世界杯几年一届？", "这项足球赛事每四年举办一次，由各大洲预选赛的优胜者参加，决赛通常在七月举行。"),
    ("阳台上适合种什么花？", "朝南的阳台光照充足，可以种月季和茉莉；朝北的阳台适合绿萝、吊兰一类耐阴植物。"),
    ("房屋漏水该找谁修？", "先查明渗水的位置，楼上管道破裂的由楼上住户负责，公共管道的由物业公司维修。"),
)


def unrelated_cosine(embedder: Embedder) -> float:
    """The mean cosine of questions with passages about something else, to four decimals."""
    questions = embedder.embed_queries([question for question, _ in _PAIRS])
    passages = embedder.embed_passages([passage for _, passage in _PAIRS])
    cosines = questions @ passages.T
    return round(float(cosines[~np.eye(len(_PAIRS), dtype=bool)].mean()), 4)
