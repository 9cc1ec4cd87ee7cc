"""A call in a process of its own, whose memory and settings touch nothing else.

What a GPU's allocator has reserved, and how it was told to reserve, stay with a process until it
ends. Lesson 5 trains its 7B model so, beside the lesson's own; the benchmark measures its sides so.
"""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import course_utils
from course_utils.errors import CourseError

CODE = """
import importlib, json, sys
first, module, function, arguments = json.loads(sys.argv[1])
for name in first:
    importlib.import_module(name)
result = getattr(importlib.import_module(module), function)(*arguments)
print("\\nRESULT " + json.dumps(result))
"""


def call_fresh(
    function: Callable[..., Any],
    *arguments: Any,
    environment: Mapping[str, str] | None = None,
    first: Sequence[str] = (),
) -> Any:
    """What ``function(*arguments)`` returns in a fresh Python process.

    Args:
        function: of a module; what it takes and returns goes through JSON.
        environment: variables to add to this process's.
        first: packages that have to be imported before all others.

    Raises:
        CourseError: the process failed; its last words are in the message.
    """
    root = str(Path(course_utils.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(paths), "TOKENIZERS_PARALLELISM": "false"}
    job = json.dumps([list(first), function.__module__, function.__qualname__, arguments])
    run = subprocess.run(
        [sys.executable, "-c", CODE, job],
        env={**os.environ, **own, **(environment or {})},
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        said = textwrap.shorten(", ".join(map(repr, arguments)), 60, placeholder=" ...")
        last_words = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        raise CourseError(
            f"{function.__qualname__}({said}) failed in a process of its own ({last_words[-1]})",
            "install what it lacks (requirements-dev.txt), or call it in this process to see where",
        )
    return json.loads(run.stdout.rpartition("RESULT ")[2])
