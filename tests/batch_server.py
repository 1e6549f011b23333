"""The files and batches of a provider on loopback (https://platform.openai.com/docs/api-reference/batch)."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import invented
from tests.loopback import Seen, Sent, completion

Answers = Callable[[invented.Asked], dict[str, Any] | None]
"""What the batch says to a question: a response with status_code and body, or nothing at all."""


def well(asked: invented.Asked) -> dict[str, Any]:
    return {"status_code": 200, "body": completion(invented.good(asked))}


@dataclass
class BatchServer:
    """`runs_for` polls until a batch ends, then with the status `ends`."""

    answers: Answers = well
    runs_for: int = 0
    ends: str = "completed"
    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """What was uploaded, line by line."""
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    polls: int = 0
    creating: Sent | None = None
    """What to do instead of saying that a batch was created, the first time."""
    wraps_files: bool = False
    """As SiliconFlow does."""

    def __call__(self, seen: Seen) -> Sent:
        path = re.split("/v[14]/", seen.path)[-1]
        if path == "files":
            return Sent(self._upload(seen.body["file"]))
        if match := re.fullmatch(r"files/(.+)/content", path):
            return Sent(self._output(match[1]))
        if path.startswith("batches?"):
            return Sent({"object": "list", "data": list(self.batches.values())})
        if path == "batches":
            return self._create(seen.body)
        self.polls += 1
        batch = self.batches.get(path.removeprefix("batches/"))
        if batch is None:
            return Sent({"error": {"message": "no such batch"}}, status=404)
        if self.polls > self.runs_for:
            batch["status"] = self.ends
            batch["output_file_id"] = None if self.ends == "failed" else f"out-{batch['id']}"
            batch["errors"] = {"data": [{"message": "line 1: bad"}]} if self.ends == "failed" else None
        return Sent(batch)

    @property
    def questions(self) -> int:
        return sum(map(len, self.files.values()))

    def _upload(self, raw: bytes) -> dict[str, Any]:
        content = raw.partition(b'jsonl"\r\n')[2].partition(b"\r\n\r\n")[2].partition(b"\r\n--")[0]
        name = f"file-{len(self.files) + 1}"
        self.files[name] = [json.loads(line) for line in content.splitlines() if line]
        told = {"id": name, "object": "file", "purpose": "batch"}
        return {"code": 20000, "data": told} if self.wraps_files else told

    def _create(self, body: dict[str, Any]) -> Sent:
        name = f"batch-{len(self.batches) + 1}"
        self.batches[name] = {"id": name, "object": "batch", "status": "in_progress", **body}
        does, self.creating = self.creating or Sent(self.batches[name]), None
        return does

    def _output(self, name: str) -> bytes:
        lines = []
        for row in self.files[self.batches[name.removeprefix("out-")]["input_file_id"]]:
            asked = invented.read([(each["role"], each["content"]) for each in row["body"]["messages"]])
            response = self.answers(asked)
            if response:
                lines.append({"id": "x", "custom_id": row["custom_id"], "response": response, "error": None})
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
