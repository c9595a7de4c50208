"""What the library holds as one hash, and what is wrong with its file."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from ingest import library_corrections
from ingest import library_rows as rows


def state_hash(connection: sqlite3.Connection) -> str:
    """A hash (hex) over all current documents with their passages, by id; not over revision numbers and times."""
    digest = hashlib.sha256()
    current = connection.execute(
        f"SELECT r.revision, {rows.DOCUMENT_COLUMNS}, r.fingerprint FROM {rows.CURRENT} ORDER BY d.id"
    )
    for revision, *document in current:
        passages = connection.execute(rows.SELECT_PASSAGES, (document[0], revision)).fetchall()
        digest.update(rows.to_json([document, passages]).encode("utf-8"))
    return digest.hexdigest()


def problems(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    """What a thorough check finds wrong, in Chinese with the fix; empty when all is well. Reads everything."""
    damage = [row for (row,) in connection.execute("PRAGMA integrity_check") if row != "ok"]
    if damage or connection.execute("PRAGMA foreign_key_check").fetchone():
        return (f"资料库 {path} 已损坏；请把它移走（或从备份恢复），再运行 dangjian ingest 重新导入",)
    unapplied = tuple(
        f"文档 {document_id} 的更正没有用上；请用 documents remove 移除它，再重新导入"
        for document_id in library_corrections.unapplied(connection)
    )
    return unapplied + tuple(
        f"文档 {document_id} 第 {revision} 版的文字与校验值不符；请用 documents remove 移除它，再重新导入"
        for document_id, revision, text, digest in connection.execute(
            "SELECT document_id, revision, text, text_sha256 FROM revisions"
        )
        if rows.text_digest(text) != digest
    )
