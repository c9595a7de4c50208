"""How models are run: ONNX Runtime on the CPU. Importing this loads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def cpu_session(path: Path, threads: int) -> Any:
    """An `InferenceSession` of the model file; `threads` for one run, 0 for all cores.

    Raises ImportError without onnxruntime, and whatever that raises for a file that it cannot load.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Idle workers sleep rather than spin: a question is answered while other work shares the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
