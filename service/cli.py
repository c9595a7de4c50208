"""``dangjian``: the command line. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from service.types import Kind

app = typer.Typer(
    name="dangjian",
    help="党建问答：资料入库、检索、问答、核对。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
documents_app = typer.Typer(help="查看和管理资料。", no_args_is_help=False, invoke_without_command=True)
app.add_typer(documents_app, name="documents")
feedback_app = typer.Typer(help="用户对回答的评价。", no_args_is_help=True)
app.add_typer(feedback_app, name="feedback")


@feedback_app.callback()
def _feedback() -> None:
    """Keeps ``export`` a command of its own: with one command alone typer would leave its name out."""


_state: dict[str, Any] = {"home": None}
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Ranks = Annotated[
    list[str] | None, typer.Option("--rank", help="只用这一层级的资料，如 中央法规；可多次给出。")
]
Natures = Annotated[
    list[str] | None, typer.Option("--nature", help="只用这一类别的资料：规定、要求、做法；可多次给出。")
]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="只用这一性质的资料，如 法规、讲话；可多次给出。")
]
Sources = Annotated[list[str] | None, typer.Option("--source", help="只用这一来源的资料；可多次给出。")]
AsOf = Annotated[str, typer.Option("--as-of", metavar="YYYY-MM-DD", help="只用这一天及以前发布的资料。")]


@app.callback()
def _root(
    home: Annotated[
        Path | None, typer.Option("--home", help="数据文件夹（也可用环境变量 DANGJIAN_HOME）。")
    ] = None,
) -> None:
    _state["home"] = home


def _settings(**overrides: Any) -> Any:
    from service.settings import load_settings

    return load_settings(home=_state["home"], **overrides)


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="文件或文件夹。")] = None,
    corpus: Annotated[bool, typer.Option("--corpus", help="加入随程序附带的资料。")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="即使资料没有变化也重建索引。")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说明每个文件会怎样，什么也不写。")] = False,
    as_json: Json = False,
) -> None:
    """把文件或文件夹加入资料库，并更新索引。没有变化的文件不重复处理。"""
    from service import commands

    if not paths and not corpus and not rebuild:
        raise typer.BadParameter("请给出文件或文件夹，或用 --corpus 加入附带的资料。")
    if dry_run:
        raise typer.Exit(commands.preview(_settings(), paths or [], corpus=corpus, as_json=as_json))
    raise typer.Exit(
        commands.ingest(_settings(), paths or [], corpus=corpus, rebuild=rebuild, as_json=as_json)
    )


@documents_app.callback()
def _documents(context: typer.Context, as_json: Json = False) -> None:
    if context.invoked_subcommand is None:
        documents_list(as_json)


@documents_app.command("list")
def documents_list(as_json: Json = False) -> None:
    """列出资料。"""
    from service import commands

    raise typer.Exit(commands.list_documents(_settings(), as_json=as_json))


@documents_app.command("show")
def documents_show(document_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """显示一份资料的信息和章节；--json 含全文。"""
    from service import commands

    raise typer.Exit(commands.show_document(_settings(), document_id, as_json=as_json))


@documents_app.command("diff")
def documents_diff(
    a: Annotated[str, typer.Argument(metavar="A", help="一份资料的编号，通常是旧的版本。")],
    b: Annotated[str, typer.Argument(metavar="B", help="另一份资料的编号。")],
    as_json: Json = False,
) -> None:
    """逐条对照两份资料：哪些条修改、新增、删去，或只变了序号。"""
    from service import commands

    raise typer.Exit(commands.diff_documents(_settings(), a, b, as_json=as_json))


@documents_app.command("set")
def documents_set(
    document_id: Annotated[str, typer.Argument(metavar="ID")],
    fields: Annotated[
        list[str],
        typer.Argument(
            metavar="项=值…", help='如 title="关于……的通知" published=2024-12-07 authors="甲、乙"。'
        ),
    ],
) -> None:
    """更正一份资料的标题、日期、性质等；值留空表示此项为空。更正在重新导入后仍然有效。"""
    from service import commands

    pairs = [field.partition("=") for field in fields]
    if wrong := [field for field, (_, sign, _) in zip(fields, pairs, strict=True) if not sign]:
        raise typer.BadParameter(f"“{wrong[0]}”应写成 项=值，如 published=2024-12-07。")
    changes = {name.strip(): value for name, _, value in pairs}
    raise typer.Exit(commands.correct_document(_settings(), document_id, changes))


@documents_app.command("unset")
def documents_unset(
    document_id: Annotated[str, typer.Argument(metavar="ID")],
    fields: Annotated[list[str], typer.Argument(metavar="项…", help="如 title published。")],
) -> None:
    """撤销对一份资料的更正，恢复为旁注、原文或登记信息所写的。"""
    from service import commands

    raise typer.Exit(commands.correct_document(_settings(), document_id, dict.fromkeys(fields)))


@documents_app.command("remove")
def documents_remove(document_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """从资料库移除一份资料（不删除原文件）。"""
    from service import commands

    raise typer.Exit(commands.remove_document(_settings(), document_id))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="检索词或问题。")],
    k: Annotated[int, typer.Option("-k", min=1, max=500, help="最多返回几段。")] = 10,
    rank: Ranks = None,
    nature: Natures = None,
    kind: Kinds = None,
    source: Sources = None,
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    """检索相关段落。"""
    from service import commands

    chosen = commands.filters(rank or [], nature or [], kind or [], source or [], as_of)
    raise typer.Exit(commands.search(_settings(), query, k, chosen, as_json=as_json))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="问题。")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='每行一个 {"id", "question"} 的 JSONL 文件。')
    ] = None,
    rank: Ranks = None,
    nature: Natures = None,
    kind: Kinds = None,
    source: Sources = None,
    as_of: AsOf = "",
    answer_kind: Annotated[
        Kind | None, typer.Option("--answer-kind", help="按这一类问题作答；不填则由程序判断。")
    ] = None,
    conversation: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="在这个对话里提问：追问按前面的问答理解，问答存入数据文件夹。编号自取，由字母、数字、_ 和 - 组成。",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="把回答连同出处写到这个文件：.md、.docx、.txt 或 .json。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """回答问题，每条依据都是可核对的原文。"""
    from service import commands

    if (question is None) == (batch is None):
        raise typer.BadParameter("请给出一个问题，或用 --batch 给出问题文件（二者选一）。")
    chosen = commands.filters(rank or [], nature or [], kind or [], source or [], as_of)
    if batch is not None:
        if conversation:
            raise typer.BadParameter("--conversation 只用于单个问题，请去掉 --batch。")
        if out:
            raise typer.BadParameter("-o 只用于单个问题，请去掉 --batch。")
        raise typer.Exit(commands.ask_batch(_settings(), batch, chosen))
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", conversation):
        raise typer.BadParameter("对话编号最多 64 个字符，只能用字母、数字、_ 和 -。")
    raise typer.Exit(
        commands.ask(_settings(), question or "", chosen, conversation, answer_kind, as_json=as_json, out=out)
    )


@app.command()
def lesson(
    topic: Annotated[str, typer.Argument(help="党课主题，如 党建与业务深度融合。")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="写到这个文件：.md、.docx（讲稿）或 .pptx（幻灯片）。")
    ],
    audience: Annotated[str, typer.Option(help="听众，如 支部书记、党员、入党积极分子、机关领导干部。")] = "",
    minutes: Annotated[int, typer.Option(min=10, max=480, help="总时长（分钟）。")] = 60,
    rank: Ranks = None,
    nature: Natures = None,
    kind: Kinds = None,
    source: Sources = None,
    as_of: AsOf = "",
) -> None:
    """按主题生成一份党课，每个要点都附原文和出处；资料里没有的部分会注明。"""
    from service import commands

    chosen = commands.filters(rank or [], nature or [], kind or [], source or [], as_of)
    raise typer.Exit(
        commands.lesson(_settings(), topic, out, chosen, audience=audience.strip(), minutes=minutes)
    )


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口。")] = 8000,
) -> None:
    """启动问答页面和接口。资料库还不存在时，先加入附带的资料。"""
    from service import commands

    raise typer.Exit(commands.serve(_settings(), host, port))


@app.command()
def verify(
    answer: Annotated[
        Path,
        typer.Argument(metavar="ANSWER.json", help="保存的回答（ask --json 的输出，或页面导出的 JSON）。"),
    ],
) -> None:
    """把保存的回答中的每条引文与资料库重新核对。"""
    from service import commands

    raise typer.Exit(commands.verify(_settings(), answer))


@feedback_app.command("export")
def feedback_export(
    out: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="写到这个文件。")],
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="只要引文经人确认的；不加时，其余的也写出，标为“待审”。")
    ] = False,
) -> None:
    """把评价导出为评测题目（dangjian-eval answers 的格式），不含提问的人和附言。"""
    from service import commands_feedback

    raise typer.Exit(commands_feedback.export(_settings(), out, confirmed_only=confirmed))


@app.command()
def doctor() -> None:
    """检查模型、资料库、索引和页面文件，每项给出结果或修复办法。"""
    from service import commands

    raise typer.Exit(commands.doctor(_settings()))


def _home_first(arguments: list[str]) -> list[str]:
    """``arguments`` with ``--home DIR`` moved to the front, so that it may stand after the command too."""
    head: list[str] = []
    rest: list[str] = []
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word == "--":
            return [*head, *rest, word, *queue]
        if word == "--home" and queue:
            head = [word, queue.pop(0)]
        elif word.startswith("--home="):
            head = [word]
        else:
            rest.append(word)
    return [*head, *rest]


def main() -> None:
    """The entry point: our own errors become one Chinese line and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from ingest.errors import IngestError
    from retriever.errors import RetrieverError
    from service.errors import ServiceError

    try:
        app(_home_first(sys.argv[1:]))
    except (IngestError, RetrieverError, ServiceError) as error:
        typer.echo(f"错误：{error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("已中断。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
