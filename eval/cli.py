"""``dangjian-eval``: the command line of evaluators. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="dangjian-eval",
    help="党建问答评测：检索、回答、比较、调参、报告。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Out = Annotated[
    Path | None, typer.Option("--out", help="存放运行文件夹的目录（缺省为数据文件夹下的 runs）。")
]
Cache = Annotated[Path | None, typer.Option("--cache", help="向量和索引的缓存目录（缺省在 --out 之下）。")]
Home = Annotated[Path | None, typer.Option("--home", help="数据文件夹；不给则用临时资料库。")]
Documents = Annotated[
    list[Path] | None, typer.Option("--documents", help="先入库的文件或文件夹，可多次给出。")
]
Corpus = Annotated[bool, typer.Option("--corpus", help="加入随程序附带的资料。")]
Questions = Annotated[list[Path], typer.Option("--questions", help="问题文件（.jsonl），可多次给出。")]
Split = Annotated[str, typer.Option("--split", help="dev、test 或 all。")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="只用前 N 个问题；0 为全部。")]
Dataset = Annotated[Path, typer.Option("--dataset", help="BEIR 文件夹。")]
Retriever = Annotated[
    str,
    typer.Option(
        "--retriever",
        help="lexical、dense、fused、reranked、bigram、jieba；装有 peers 时还有 "
        "haystack-bm25、haystack-hybrid、llamaindex-bm25、llamaindex-hybrid。",
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="区间与检验的随机种子。")]
Threads = Annotated[int, typer.Option("--threads", min=0, max=64, help="向量模型的线程数；0 为全部。")]


@app.command()
def run(
    dataset: Dataset,
    retriever: Retriever = "fused",
    split: Annotated[
        str | None, typer.Option("--split", help="qrels 的名称；没有 dev 时，dev 和 heldout 按编号划分。")
    ] = None,
    limit: Limit = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="检索设置，如 dense_weight=0.5，可多次给出。")
    ] = None,
    embedder: Annotated[str, typer.Option(help="向量模型，写法同 DANGJIAN_EMBEDDER。")] = "builtin",
    out: Out = None,
    cache: Cache = None,
    seed: Seed = 0,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """在一个数据集上测一种检索方式，写出运行文件夹。"""
    from eval import commands

    raise typer.Exit(
        commands.run(
            dataset,
            retriever,
            split=split,
            limit=limit or None,
            out=out,
            cache=cache,
            seed=seed,
            threads=threads,
            embedder=embedder,
            settings=settings or (),
            as_json=as_json,
        )
    )


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="运行文件夹。")],
    b: Annotated[Path, typer.Argument(metavar="B", help="另一个运行文件夹。")],
    measure: Annotated[str | None, typer.Option(help="按哪个指标列出胜负的问题。")] = None,
    as_json: Json = False,
) -> None:
    """比较两次运行：改了什么，差多少，是否显著，哪些问题变好或变差。"""
    from eval import commands

    raise typer.Exit(commands.compare(a, b, measure=measure, as_json=as_json))


@app.command()
def table(
    runs: Annotated[list[Path], typer.Argument(help="运行文件夹，按所给的顺序成行。")],
    against: Annotated[str, typer.Option(help="与哪种检索方式相比；† 表示差别显著。")] = "fused",
) -> None:
    """把多次运行并排成 Markdown 表，每个数据集一张。"""
    from eval import commands

    raise typer.Exit(commands.table(runs, against=against))


@app.command()
def sweep(
    dataset: Dataset,
    grid: Annotated[
        list[str], typer.Argument(help="设置与取值，如 dense_weight=0.4,0.6；也可给 JSON 对象或文件。")
    ],
    retriever: Annotated[str, typer.Option("--retriever", help="lexical、dense 或 fused。")] = "fused",
    split: Annotated[str, typer.Option("--split", help="只能是 dev 或 train。")] = "dev",
    measure: Annotated[str, typer.Option(help="按哪个指标比较。")] = "nDCG@10",
    limit: Limit = 0,
    out: Out = None,
    cache: Cache = None,
    seed: Seed = 0,
    threads: Threads = 1,
    as_json: Json = False,
) -> None:
    """在开发集上试一组检索设置，每个组合写一个运行文件夹。拒绝在测试集上调参。"""
    from eval import commands

    raise typer.Exit(
        commands.sweep(
            dataset,
            grid,
            retriever=retriever,
            split=split,
            measure=measure,
            limit=limit or None,
            out=out,
            cache=cache,
            seed=seed,
            threads=threads,
            as_json=as_json,
        )
    )


@app.command()
def doctor(
    paths: Annotated[list[Path], typer.Argument(help="BEIR 文件夹，或我们格式的问题文件（.jsonl）。")],
    documents: Annotated[Path | None, typer.Option(help="问题所引文档的文件夹；给出时逐条核对引文。")] = None,
    as_json: Json = False,
) -> None:
    """检查数据集：重复、缺失、空文本、指向不存在文档的判断、与原文不符的答案，都给出行号。"""
    from eval import commands

    raise typer.Exit(commands.doctor(paths, documents=documents, as_json=as_json))


@app.command()
def answers(
    questions: Questions,
    split: Split = "all",
    home: Home = None,
    documents: Documents = None,
    corpus: Corpus = False,
    variant: Annotated[str, typer.Option(help="plain，或 robustness 的某一变体。")] = "plain",
    limit: Limit = 0,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """用我们格式的问题测回答：依据、引文、拒答。"""
    from eval import answer_commands

    raise typer.Exit(
        answer_commands.answers(
            questions,
            split=split,
            home=home,
            documents=documents or (),
            corpus=corpus,
            variant=variant,
            limit=limit,
            out=out,
            as_json=as_json,
        )
    )


@app.command()
def robustness(
    questions: Questions,
    split: Split = "all",
    home: Home = None,
    documents: Documents = None,
    corpus: Corpus = False,
    variants: Annotated[
        list[str] | None, typer.Option("--variant", help="变体，可多次给出；缺省为全部。")
    ] = None,
    limit: Limit = 0,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """同样的问题换一种写法（繁体、错字、全半角）再问，看差多少。"""
    from eval import answer_commands
    from eval.robustness import VARIANTS

    raise typer.Exit(
        answer_commands.robustness(
            questions,
            split=split,
            home=home,
            documents=documents or (),
            corpus=corpus,
            variants=variants or VARIANTS[1:],
            limit=limit,
            out=out,
            as_json=as_json,
        )
    )


@app.command()
def abstention(
    dataset: Dataset,
    seed: Seed = 0,
    limit: Limit = 0,
    home: Home = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """从有答案的 BEIR 文件夹里移除一半含答案的文档，测拒答。"""
    from eval import answer_commands

    raise typer.Exit(
        answer_commands.abstention(dataset, seed=seed, limit=limit, home=home, out=out, as_json=as_json)
    )


@app.command()
def gate(
    record: Annotated[bool, typer.Option("--record", help="把现在的数字记为基线。")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """门槛检查：跟踪的指标低于基线区间即失败。"""
    from eval import answer_commands

    raise typer.Exit(answer_commands.gate(record=record, home=home, as_json=as_json))


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(help="运行文件夹；第一个是主角，其余用来比较。")],
    out: Annotated[
        Path | None, typer.Option("--out", help="写到哪个文件夹（缺省为第一个运行自己的）。")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="同时放到服务的“评测”页。")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="服务的数据文件夹。")] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="从中查问题和原文的问题文件或 BEIR 文件夹，可多次给出。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """把运行写成一个 HTML 文件和一份 Markdown。"""
    from eval.report import report_command

    raise typer.Exit(report_command(runs, out, publish=publish, home=home, data=data or (), as_json=as_json))


def main() -> None:
    """The entry point: our own errors become one Chinese message and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from eval.errors import EvalError
    from ingest.errors import IngestError
    from retriever.errors import RetrieverError
    from service.errors import ServiceError

    try:
        app()
    except (EvalError, IngestError, RetrieverError, ServiceError) as error:
        typer.echo(f"错误：{error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("已中断；再运行一次同样的命令会接着做。", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
