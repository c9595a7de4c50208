"""Errors of the retrieval side.

Every message is Chinese, says what is wrong and names the fix.

    RetrieverError
    ├── EmbedderError          a model cannot be found, loaded or run
    ├── RerankerError          a reranking model cannot be found, loaded or run
    ├── GenerationError        an index generation cannot be used
    │   ├── IndexMissing       there is none yet
    │   ├── IndexDamaged       a file is missing, truncated or altered
    │   ├── IndexBusy          another process is building one
    │   └── IndexMismatch      made by another format, analyzer or embedder
    └── QueryError             the question cannot be searched for (empty, too long)
"""


class RetrieverError(Exception):
    """Base of everything that the retriever raises on purpose."""


class EmbedderError(RetrieverError):
    """An embedding model cannot be found, loaded or run."""


class RerankerError(RetrieverError):
    """A reranking model cannot be found, loaded or run."""


class GenerationError(RetrieverError):
    """An index generation cannot be used."""


class IndexMissing(GenerationError):
    """No index has been built yet."""


class IndexDamaged(GenerationError):
    """A file of the index is missing, truncated or altered."""


class IndexBusy(GenerationError):
    """Another process or thread is building an index."""


class IndexMismatch(GenerationError):
    """The index was made by another format, analyzer, embedder or chunking."""


class QueryError(RetrieverError):
    """The question cannot be searched for."""
