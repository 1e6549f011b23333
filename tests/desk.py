"""A folder with a config, prompts and a file of papers, where tests type `wenzhai …` as people do."""

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.verify import accounted, verify
from pipeline.config import load_config
from pipeline.errors import WenzhaiError
from pipeline.files import shipped
from pipeline.records import Paper, RunRequest
from pipeline.run.day import find_days
from tests import invented
from tests.factories import DAY
from tests.model_server import Provider

KEY = "0f1e2d3c4b5a.OnlyWeKnowThis"
"""In the shape of Zhipu's: nothing but its text tells that it is a key."""


@dataclass
class Ran:
    status: int
    out: str
    err: str


@dataclass
class Desk:
    folder: Path
    provider: Provider
    config: dict[str, Any] = field(default_factory=dict)
    house: Path = Path(__file__).parent.parent
    """The folder of the `pipeline` that `start` and `type` run."""

    def __post_init__(self) -> None:
        shutil.copytree(shipped("prompts"), self.folder / "prompts")
        self.announce(*map(invented.paper, (1, 2, 3)))
        self.config = {
            "fetch": {"source": "jsonl", "path": "papers.jsonl"},
            "model": {"provider": "openai", "name": "m", "base_url": self.provider.base_url, "repairs": 1},
            "summarize": {"english": False},
            "glossary": None,
        }

    @property
    def output(self) -> Path:
        return self.folder / "outputs"

    @property
    def day(self) -> Path:
        return self.output / "cs.CL" / DAY.isoformat()

    @property
    def digest(self) -> str:
        return (self.day / "digest.md").read_text(encoding="utf-8")

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.day / "run.json").read_text(encoding="utf-8"))

    def announce(self, *papers: Paper) -> None:
        """What the source says from now on."""
        lines = "".join(paper.model_dump_json() + "\n" for paper in papers)
        (self.folder / "papers.jsonl").write_text(lines, encoding="utf-8")

    def edit_prompt(self, task: str) -> None:
        path = self.folder / "prompts" / f"{task}.md"
        path.write_text(
            path.read_text(encoding="utf-8").replace("# 任务\n", "# 任务\n\n语气平实。\n"), encoding="utf-8"
        )

    def wenzhai(self, *words: str) -> Ran:
        """Types it; an exception that is no exit status fails the test."""
        self.save_config()
        words = ("--config", str(self.folder / "config.yaml"), *words)
        result = CliRunner().invoke(app, words, env={"COLUMNS": "160", "NO_COLOR": "1"})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "the program failed" not in result.stderr, (self.output / "wenzhai.log").read_text(encoding="utf-8")
        return Ran(result.exit_code, result.stdout, result.stderr)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The same as a process of its own."""
        self.save_config()
        command = [sys.executable, "-m", "pipeline", "--config", str(self.folder / "config.yaml"), *words]
        return subprocess.Popen(
            command,
            cwd=self.house,
            env={**os.environ, "OPENAI_API_KEY": KEY},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As from a shell: a child of a background job may have been told to ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def type(self, *words: str) -> Ran:
        """Types it into a shell: another process, so another `house` may be at work."""
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        return Ran(process.returncode, out, err)

    def save_config(self) -> None:
        (self.folder / "config.yaml").write_text(yaml.safe_dump(self.config, allow_unicode=True), encoding="utf-8")

    def unexplained(self) -> list[str]:
        """What `wenzhai verify` finds in the days that are there and cannot say why; and whether each call is accounted for."""
        try:
            config = load_config(self.folder / "config.yaml")
            if not (config.output / "answers.db").exists():
                return []
            found = [] if accounted(config).adds_up else ["the account of calls does not add up"]
            request = RunRequest(stages=(), dates=(dt.date.min, dt.date.max))
            for day in find_days(config, request):
                if day.report.shaped_by:
                    wished = RunRequest(stages=(), digests=(day.digest,), dates=(day.date, day.date))
                    (verified,) = verify(config, wished)
                    edited = any("edited" in line for line in verified.differs)
                    found += () if verified.changed or edited else verified.differs
        except WenzhaiError:  # the test broke a file or the config
            return []
        return found

    def asked(self) -> list[tuple[str, ...]]:
        """The fields of each question since the last time this was called."""
        fields = [each.fields for each in self.provider.asked]
        self.provider.forget()
        return fields
