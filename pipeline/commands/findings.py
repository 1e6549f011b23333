"""What `wenzhai validate` and `wenzhai run` print of the marks they found: those of each day by category, and what only a
comparison of days shows."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.corrections import load_corrections
from pipeline.fields import FIELD_LABELS, lead
from pipeline.files import read_records
from pipeline.ledger import field_texts
from pipeline.records import Problem
from pipeline.rules.across import Across
from pipeline.rules.table import by_category
from pipeline.run.day import Day, read_texts
from pipeline.text.visible import visible

_TITLE = lead("title").name


def marks(day: Day) -> Iterator[str]:
    """A line a category, such as `准确  数字 3、公式 1`: how many papers each rule marked. Raises FileError."""
    path = day.folder / "problems.jsonl"
    for category, rules in by_category(read_records(path, Problem) if path.exists() else ()):
        yield visible(f"{category}  {'、'.join(f'{label} {papers}' for label, papers in rules)}")


def across_days(days: Iterable[Day], output: Path) -> Iterator[str]:
    """A line for each Chinese text that two papers share, and each title that has two in Chinese. Raises FileError."""
    across, corrections = Across(), load_corrections(output)
    announced = sorted((day for day in days if day.announced), key=lambda day: (day.date, day.digest))
    for day in announced if len(announced) > 1 else ():
        texts = read_texts(day.folder)
        for paper in day.wanted:
            where = f"{day.name} {paper.id}"
            shown = field_texts(texts.get((paper.id, paper.version)), corrections.get(paper.id, {}))
            for field, before in across.same_texts(where, paper, shown):
                yield f"{where}：{FIELD_LABELS[field]}与 {before} 的一字不差，原文却不同"
            if found := across.other_title(where, paper, shown):
                before, other = found
                yield visible(f"{where}：原文标题与 {before} 的相同，中文却不同：{shown[_TITLE]} / {other}")
        day.release()
