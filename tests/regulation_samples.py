"""Small regulations in two versions, one replaced under another name, one repealed, one to come: for the tests of versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from service import build
from service.assistant import Assistant
from service.settings import Settings

OLD_LAW = """中华人民共和国护林法
1998年5月6日 第九届全国人民代表大会常务委员会第二次会议通过
第一章 总则
第一条 为了保护森林资源，维护生态安全，制定本法。
第二条 国家对森林实行分级保护。县级人民政府负责本行政区域的护林工作。
第三条 任何单位和个人发现火情，应当立即报告当地人民政府。
第二章 防火
第四条 森林防火期由县级人民政府规定，防火期内禁止野外用火。
第五条 护林员每周巡查不少于两次，巡查情况应当如实记录。
第六条 违反本法规定野外用火的，处二百元以下罚款。
第七条 本法自1998年7月1日起施行。
"""
NEW_LAW = """中华人民共和国护林法
1998年5月6日 第九届全国人民代表大会常务委员会第二次会议通过
2019年12月28日 第十三届全国人民代表大会常务委员会第十五次会议修订
第一章 总则
第一条 为了保护、培育森林资源，维护生态安全，制定本法。
第二条 护林工作坚持中国共产党的领导，坚持绿水青山就是金山银山的理念。
第三条 国家对森林实行分级保护。县级人民政府负责本行政区域的护林工作。
第四条 任何单位和个人发现火情，应当立即报告当地人民政府。
第二章 防火
第五条 森林防火期由县级人民政府规定，防火期内禁止野外用火。
第六条 护林员每日巡查不少于一次，巡查情况应当如实记录并上传信息系统。
第七条 国家建立森林火险预警制度，气象主管机构及时发布火险等级。
第八条 本法自2020年7月1日起施行。
"""
OLD_NAME = """来访登记条例
2001年3月1日 国务院令第300号公布
第一条 为了做好来访登记，保护来访人的权益，制定本条例。
第二条 来访人应当出示身份证件，登记机构应当当场登记。
第三条 登记机构应当在十五日内答复来访人。
第四条 来访人对答复不服的，可以申请复查。
第五条 本条例自2001年5月1日起施行。
"""
NEW_NAME = """来访登记工作条例
2015年2月1日 国务院令第655号公布
第一条 为了做好来访登记工作，保护来访人的权益，制定本条例。
第二条 来访人应当出示身份证件，登记机构应当当场登记。
第三条 登记机构应当在十日内答复来访人。
第四条 来访人对答复不服的，可以申请复查。
第五条 复查机构应当听取来访人的意见。
第六条 本条例自2015年5月1日起施行。1999年1月1日国务院发布的《门卫值守办法》（国发〔1999〕3号）同时废止。
"""
REPEALED = """门卫值守办法
1999年1月1日 国务院发布
第一条 为了加强门卫值守，制定本办法。
第二条 门卫实行三班轮换，每班不超过八小时。
第三条 本办法自1999年2月1日起施行。
"""
COMING = """古树名木保护条例
2030年1月1日 国务院令第999号公布
第一条 为了保护古树名木，制定本条例。
第二条 古树实行挂牌保护，树龄五百年以上的为一级古树。
第三条 本条例自2030年6月1日起施行。
"""
REPORT = """护林工作会议召开
发布时间：2021-03-01

会议强调，护林员是守护绿水青山的一线力量，要关心护林员的生活，帮助护林员解决实际困难，落实各项待遇。
"""
FILES = {
    "old_law.txt": OLD_LAW,
    "new_law.txt": NEW_LAW,
    "old_name.txt": OLD_NAME,
    "new_name.txt": NEW_NAME,
    "repealed.txt": REPEALED,
    "coming.txt": COMING,
    "report.txt": REPORT,
}
TODAY = date(2026, 1, 1)


def regulations_home(folder: Path) -> Path:
    """A data folder below ``folder`` that holds the regulations."""
    source, home = folder / "source", folder / "home"
    source.mkdir()
    for name, text in FILES.items():
        (source / name).write_text(text, encoding="utf-8")
    build.ingest(Settings(home=home), [source], progress=lambda stage, done, total: None)
    return home


@contextmanager
def open_on(home: Path, day: date = TODAY) -> Iterator[Assistant]:
    """The assistant over ``home`` for which today is ``day``."""
    opened = build.open_assistant(Settings(home=home))
    yield Assistant(opened.library, opened.retriever, opened.analyzer, opened.settings, lambda: day)
    opened.close()


def id_of(assistant: Assistant, name: str) -> str:
    """The id of the document from the file ``name``."""
    return next(record.id for record in assistant.documents() if record.origin.endswith(name))
