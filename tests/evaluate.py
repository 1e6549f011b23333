"""The rules measured on real texts: `python -m tests.evaluate DIR…`, which measures and never fails; tests judge.

Each DIR is one of three:
- a folder of labels, outputs.jsonl and defects.jsonl: recall and precision a rule; a hit is the same id, field and rule;
- a folder of field data, outputs.jsonl, judged.jsonl and perhaps missed.jsonl: what fires on faithful translations, which
  of the firings somebody judged still fire, and what of the defects that were missed is seen now;
- a .jsonl of texts damaged on purpose (kind, was, abstract, abstract_zh): what share of each kind is seen, of the
  texts that passed everything while they were whole.

Terms are the shipped glossary's, for the paper's categories where they are known.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.asking.glossary import load_glossary
from pipeline.records import Paper
from pipeline.rules import RULES, ValidateSettings, counted
from pipeline.rules.judge import Judge

SAME = {"formula_markup": "formula", "source_cut": "truncated"}
"""Labels that tell apart what one rule finds."""
SCORED = (
    *("untranslated", "boilerplate", "placeholder", "truncated", "omitted", "number", "formula", "not_one_sentence"),
    *("refusal", "wrong_script", "duplicate"),
)
FIELDS = ("title_zh", "abstract_zh", "summary_zh")
"""What was labelled; nobody read the English one-liners."""
FAITHFUL = ("C", "E")
"""Sources of field data that translate whole abstracts sentence by sentence."""

Row = dict[str, Any]


class Judged(NamedTuple):
    """What the rules say of one row of a file."""

    row: Row
    found: dict[tuple[str, str], str]
    """(field, rule) → detail."""
    rejects: set[tuple[str, str]]
    counted: dict[tuple[str, str], str]
    """What is only counted in the statistics."""
    fields: int
    seconds: float
    """Of CPU, terms included."""
    whole: bool
    """A damaged text passed everything before."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--verbose", action="store_true", help="print every miss and every false alarm")
    parser.add_argument("--rules", nargs="+", metavar="RULE", help="only these rules; the others never fire")
    options = parser.parse_args()
    only = tuple(options.rules or ())
    for path in [each for given in options.paths for each in _sets_in(given)] or parser.error("no outputs.jsonl there"):
        say(f"── {path}")
        if path.is_file():
            report_damaged(judged(read(path), only), verbose=options.verbose)
        elif (path / "defects.jsonl").exists():
            report_labels(path, judged(read(path / "outputs.jsonl"), only), verbose=options.verbose)
        else:
            report_field(path, judged(read(path / "outputs.jsonl"), only), only, verbose=options.verbose)


def _sets_in(path: Path) -> list[Path]:
    """A file or folder of outputs itself, or the folders with outputs in it."""
    if path.is_file() or (path / "outputs.jsonl").exists():
        return [path]
    return sorted(outputs.parent for outputs in path.glob("*/outputs.jsonl"))


def judged(rows: list[Row], only: tuple[str, ...] = ()) -> list[Judged]:
    """Every row by every rule, in the order given, on two cores."""
    if len(rows) < 50:  # starting processes would take longer
        return [_judge(row, only) for row in rows]
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(_judge, rows, [only] * len(rows), chunksize=50))


def _judge(row: Row, only: tuple[str, ...] = ()) -> Judged:
    judge, paper = _judge_of(only), _paper(row)
    began = time.process_time()
    fields = ["abstract_zh"] if "kind" in row else [field for field in FIELDS if row.get(field) is not None]
    found, mild, rejects = {}, {}, set()
    for field in fields:
        case = judge.case_of(paper, field, row[field])
        for problem in judge.problems_of(case):
            found[field, problem.rule] = problem.detail
            if problem.severity == "reject":
                rejects.add((field, problem.rule))
        mild |= {(field, problem.rule): problem.detail for problem in counted(case, judge.settings)}
    seconds = time.process_time() - began
    whole = "was" in row and not judge.problems_of(judge.case_of(paper, "abstract_zh", row["was"]))
    return Judged(row, found, rejects, mild, len(fields), seconds, whole)


def _paper(row: Row) -> Paper:
    """With what a row has; it need not have all that a paper of a digest has."""
    return Paper.model_construct(
        id=row["id"],
        version=1,
        title=row.get("title") or "",
        abstract=row["abstract"],
        authors=(),
        categories=tuple(row.get("categories") or ()),
    )


@cache
def _judge_of(only: tuple[str, ...]) -> Judge:
    off = {rule.name: "off" for rule in RULES if only and rule.name not in only}
    glossary = load_glossary(Path(__file__).parents[1] / "prompts" / "glossary.yaml")
    return Judge(ValidateSettings(severity=off), glossary)


# ── labels ──


def report_labels(folder: Path, papers: list[Judged], *, verbose: bool) -> None:
    defects = {row["id"]: row["defects"] for row in read(folder / "defects.jsonl")}
    expected = defaultdict(set)
    for id, listed in defects.items():
        for defect in listed:
            expected[SAME.get(defect["code"], defect["code"])].add((id, defect["field"]))
    found = defaultdict(dict)
    for paper in papers:
        for (field, rule), detail in paper.found.items():
            found[rule][paper.row["id"], field] = detail
    say(f"{'rule':<18}{'labels':>7}{'hits':>6}{'false':>6}{'recall':>8}{'precision':>11}")
    for rule in SCORED:
        hits, false = expected[rule] & found[rule].keys(), found[rule].keys() - expected[rule]
        recall, precision = share(len(hits), len(expected[rule])), share(len(hits), len(found[rule]))
        say(f"{rule:<18}{len(expected[rule]):>7}{len(hits):>6}{len(false):>6}{recall:>8}{precision:>11}")
        if verbose:
            for id, field in sorted(expected[rule] - hits):
                say(f"    missed {id} {field}")
            for id, field in sorted(false):
                say(f"    false  {id} {field}: {found[rule][id, field]}")
    clean = {id for id, listed in defects.items() if not listed}
    rejected = sorted(paper.row["id"] for paper in papers if paper.row["id"] in clean and paper.rejects)
    say(f"clean records: {len(clean)}, with a reject: {len(rejected)} {rejected}")
    for rule in sorted(set(found) - set(SCORED)):
        on_clean = sum(id in clean for id, _ in found[rule])
        say(f"not scored: {rule} on {len(found[rule])} fields, of clean records {on_clean}")
    say_time(papers)


# ── field data ──


def report_field(folder: Path, papers: list[Judged], only: tuple[str, ...], *, verbose: bool) -> None:
    faithful = [paper for paper in papers if paper.row["source"] in FAITHFUL]
    rejected, marked = sum(bool(paper.rejects) for paper in faithful), sum(bool(paper.found) for paper in faithful)
    say(
        f"faithful translations: {len(faithful)} papers, rejected {rejected} ({share(rejected, len(faithful))}), "
        f"marked {marked} ({share(marked, len(faithful))})"
    )
    verdicts = [row for row in read(folder / "judged.jsonl") if not only or row["rule"] in only]
    report_firings(papers, verdicts, verbose=verbose)
    if (folder / "missed.jsonl").exists():
        report_missed(papers, read(folder / "missed.jsonl"))
    if verbose:
        for paper in faithful:
            for (field, rule), detail in paper.found.items():
                say(f"    {paper.row['source']} {paper.row['id']} {field} {rule}: {detail}")
    say_time(papers)


def report_firings(papers: list[Judged], verdicts: list[Row], *, verbose: bool) -> None:
    """By rule: papers it fires on, of each source, and what is left of the firings that were judged."""
    sources = sorted({paper.row["source"] for paper in papers})
    fires = Counter((rule, paper.row["source"]) for paper in papers for rule in {rule for _, rule in paper.found})
    counts = Counter(rule for paper in papers for rule in {rule for _, rule in paper.counted})
    rejects = Counter(rule for paper in papers for rule in {rule for _, rule in paper.rejects})
    where = {(paper.row["source"], paper.row["id"]): paper for paper in papers}
    left, all_ = Counter(), Counter()
    for verdict in verdicts:
        key = verdict["rule"], verdict["verdict"]
        paper = where.get((verdict["source"], verdict["id"]))
        detail = paper and paper.found.get((verdict["field"], verdict["rule"]))
        all_[key] += 1
        if fires_still(verdict, detail):
            left[key] += 1
            if verbose and verdict["verdict"] == "false":
                say(f"    still false {verdict['source']} {verdict['id']} {verdict['field']}: {detail}")
        elif verbose and verdict["verdict"] == "true":
            say(f"    no longer {verdict['source']} {verdict['id']} {verdict['field']}: {verdict['detail']}")
    say(f"{'papers by rule':<18}" + "".join(f"{source:>6}" for source in sources) + f"{'reject':>8}{'counted':>9}")
    for rule in [rule.name for rule in RULES if counts[rule.name] or any(fires[rule.name, s] for s in sources)]:
        row = "".join(f"{fires[rule, source]:>6}" for source in sources)
        say(f"{rule:<18}{row}{rejects[rule]:>8}{counts[rule]:>9}")
    say(f"{'judged firings':<18}{'true':>12}{'debatable':>12}{'false':>12}   still firing / judged")
    for rule in sorted({rule for rule, _ in all_}):
        cells = "".join(f"{f'{left[rule, v]}/{all_[rule, v]}':>12}" for v in ("true", "debatable", "false"))
        say(f"{rule:<18}{cells}")


def fires_still(verdict: Row, detail: str | None) -> bool:
    """One detail names several terms, each judged on its own; of any other rule there is one firing a field."""
    if detail is None or verdict["rule"] != "term":
        return detail is not None
    return verdict["detail"].partition("，")[0] in detail


def report_missed(papers: list[Judged], missed: list[Row]) -> None:
    """Defects of papers on which nothing fired once: those whose field is marked now; and clean papers that are."""
    where = {(paper.row["source"], paper.row["id"]): paper for paper in papers}
    seen, all_ = Counter(), Counter()
    for row in missed:
        paper = where.get((row["source"], row["id"]))
        kind = row["severity"] or "clean"
        fields = {field for field, _ in paper.found} if paper else set()
        all_[kind] += 1
        seen[kind] += row["field"] in fields if row["field"] else bool(fields)
    cells = ", ".join(f"{kind} {seen[kind]}/{all_[kind]}" for kind in sorted(all_))
    say(f"read whole, nothing had fired (field marked now / all): {cells}")


# ── damaged texts ──


def report_damaged(texts: list[Judged], *, verbose: bool) -> None:
    kinds, seen = Counter[str](), Counter[str]()
    by = defaultdict(Counter)
    for text in texts:
        if not text.whole:
            continue
        kind = text.row["kind"]
        kinds[kind] += 1
        seen[kind] += bool(text.found)
        by[kind].update({rule for _, rule in text.found})
        if verbose and not text.found:
            say(f"    unseen {kind} {text.row['id']}: {difference(text.row['was'], text.row['abstract_zh'])}")
    say(f"{'damage':<24}{'texts':>7}{'seen':>7}{'share':>8}   by")
    for kind in sorted(kinds):
        rules = " ".join(f"{rule} {times}" for rule, times in by[kind].most_common(4))
        say(f"{kind:<24}{kinds[kind]:>7}{seen[kind]:>7}{share(seen[kind], kinds[kind]):>8}   {rules}")
    often = [kind for kind in kinds if kinds[kind] >= 8]
    mean = sum(seen[kind] / kinds[kind] for kind in often) / max(len(often), 1)
    say(f"mean over {len(often)} kinds with at least 8 texts: {100 * mean:.1f}%")
    say_time(texts)


def difference(was: str, text: str) -> str:
    """Where two texts part, with some characters around: short enough for a line."""
    start = next((i for i, (a, b) in enumerate(zip(was, text, strict=False)) if a != b), min(len(was), len(text)))
    show = (f"{each[max(0, start - 12) : start]}▸{each[start : start + 24]}" for each in (was, text))
    return re.sub(r"\s+", " ", " → ".join(show))


# ── ──


def say_time(papers: Iterable[Judged]) -> None:
    fields, seconds = sum(paper.fields for paper in papers), sum(paper.seconds for paper in papers)
    say(f"CPU: {1000 * seconds / max(fields, 1):.2f} ms a field, {fields} fields")


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "-"


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return list(_rows(lines))


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    return (json.loads(line) for line in lines if line.strip())


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
