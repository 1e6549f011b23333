"""The wheel as somebody meets it who has nothing else: `python -m tests.wheel`, with --model through the embedded model too.

Builds it, from the checkout and from the sdist; installs it into a fresh venv; and in an empty folder, with an empty HOME, makes
a folder with `init` and a digest in it, asking a server on loopback. Stops with an AssertionError at what does not work.
"""

import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from pathlib import Path

from tests import invented
from tests.model_server import Provider, serving

ROOT = Path(__file__).parents[1]


def built(source: Path, folder: Path, *targets: str) -> None:
    wanted = [word for each in targets for word in ("--target", each)]
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--directory", folder, *wanted], cwd=source, check=True)


def wheel_of(folder: Path) -> Path:
    """The wheel, after it was compared with the one that the sdist makes."""
    built(ROOT, folder / "dist", "sdist", "wheel")
    (source,) = (folder / "dist").glob("*.tar.gz")
    subprocess.run(["tar", "-xf", source, "-C", folder], check=True)
    built(folder / source.name.removesuffix(".tar.gz"), folder / "again", "wheel")
    (wheel,), (again,) = (folder / "dist").glob("*.whl"), (folder / "again").glob("*.whl")
    assert contents(wheel) == contents(again), "the sdist makes another wheel"
    return wheel


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def installed(wheel: Path, folder: Path, extras: str) -> Path:
    """The `wenzhai` of a fresh venv."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/pip", "install", "--quiet", f"{wheel}[{extras}]"], check=True)
    return folder / "bin/wenzhai"


class Newcomer:
    """Types in an empty folder."""

    def __init__(self, wenzhai: Path, folder: Path) -> None:
        self.wenzhai, self.folder, self.home = wenzhai, folder / "empty", folder / "home"
        self.folder.mkdir()
        self.home.mkdir()

    def types(self, *words: str, status: int = 0, tells: str) -> None:
        """Fails unless the exit status is that one and the words stand in what is told."""
        began = time.monotonic()
        environment = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "COLUMNS": "160", "LANG": "C.UTF-8"}
        ran = subprocess.run(
            [self.wenzhai, *words], cwd=self.folder, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        said = ran.stdout + ran.stderr
        sys.stdout.write(
            f"$ wenzhai {' '.join(words)}   # {time.monotonic() - began:.1f} s, exit status {ran.returncode}\n"
        )
        assert ran.returncode == status and tells in said, said


def first_digest(newcomer: Newcomer, provider: Provider) -> None:
    """From the empty folder to messages, with a preset."""
    newcomer.types("run", status=1, tells="`wenzhai init`")
    newcomer.types("init", "--provider", "openai", tells="OPENAI_API_KEY")
    (newcomer.folder / ".env").write_text("OPENAI_API_KEY=not-a-real-one\n", encoding="utf-8")
    papers = "".join(invented.paper(number).model_dump_json() + "\n" for number in (1, 2, 3))
    (newcomer.folder / "papers.jsonl").write_text(papers, encoding="utf-8")
    changes = (f"model.base_url={provider.base_url}", "fetch.source=jsonl", "fetch.path=papers.jsonl")
    here = [word for change in changes for word in ("--set", change)]
    newcomer.types(*here, "doctor", tells="OPENAI_API_KEY is set")
    newcomer.types(*here, "plan", tells="new")
    newcomer.types(*here, "run", tells="公告 3 = 收录 3")
    newcomer.types(*here, "verify", tells=", 0 do not")
    newcomer.types("send", "--dry-run", "--to", "json://localhost", tells="公告 3")
    newcomer.types("prompts", "styles", tells="academic")
    assert [each.headers["authorization"] for each in provider.seen] == ["Bearer not-a-real-one"] * len(provider.seen)


def main() -> None:
    with_model = "--model" in sys.argv
    with tempfile.TemporaryDirectory() as name, serving() as provider:
        folder = Path(name)
        wenzhai = installed(wheel_of(folder), folder / "venv", "send,local" if with_model else "send")
        newcomer = Newcomer(wenzhai, folder)
        first_digest(newcomer, provider)
        if with_model:
            newcomer.types("demo", "--limit", "1", tells="公告 3")


if __name__ == "__main__":
    main()
