"""Recall and precision of the rules on hand-labelled outputs: `python -m tests.evaluate DIR`.

DIR holds outputs.jsonl and defects.jsonl. A hit is the same id, field and rule. Exit status 0 whatever the figures are: this measures, tests judge.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from pipeline.rules import Case, ValidateSettings, find_problems

SAME = {"formula_markup": "formula", "source_cut": "truncated"}
"""Labels that tell apart what one rule finds."""
SCORED = (
    *("untranslated", "boilerplate", "placeholder", "truncated", "omitted", "number", "formula", "not_one_sentence"),
    *("refusal", "wrong_script", "duplicate"),
)
FIELDS = ("title_zh", "abstract_zh", "summary_zh")
"""What was labelled; nobody read the English one-liners."""

Place = tuple[str, str]
"""Id and field."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="print every miss and every false alarm")
    options = parser.parse_args()
    outputs = {row["id"]: row for row in read(options.folder / "outputs.jsonl")}
    defects = {row["id"]: row["defects"] for row in read(options.folder / "defects.jsonl")}
    print_report(outputs, defects, set(outputs), verbose=options.verbose)


def print_report(outputs: dict, defects: dict, ids: set[str], *, verbose: bool) -> None:
    expected, found, details = labels(defects, ids), *alarms(outputs, ids)
    say(f"{'rule':<18}{'labels':>7}{'hits':>6}{'false':>6}{'recall':>8}{'precision':>11}")
    for rule in SCORED:
        hits, false = expected[rule] & found[rule], found[rule] - expected[rule]
        recall = f"{len(hits) / len(expected[rule]):.2f}" if expected[rule] else "-"
        precision = f"{len(hits) / len(found[rule]):.2f}" if found[rule] else "-"
        say(f"{rule:<18}{len(expected[rule]):>7}{len(hits):>6}{len(false):>6}{recall:>8}{precision:>11}")
        if verbose:
            for id, field in sorted(expected[rule] - found[rule]):
                say(f"    missed {id} {field}")
            for id, field in sorted(false):
                say(f"    false  {id} {field}: {details[id, field, rule]}")
    clean = {id for id in ids if not defects[id]}
    rejected = {
        id for rule, places in found.items() for id, _ in places if id in clean and (id, rule) in details["rejects"]
    }
    say(f"clean records: {len(clean)}, with a reject: {len(rejected)} {sorted(rejected)}")
    for rule in sorted(set(found) - set(SCORED)):
        say(
            f"not scored: {rule} on {len(found[rule])} fields, of clean records {sum(id in clean for id, _ in found[rule])}"
        )


def labels(defects: dict, ids: set[str]) -> dict[str, set[Place]]:
    expected = defaultdict(set)
    for id in ids:
        for defect in defects[id]:
            expected[SAME.get(defect["code"], defect["code"])].add((id, defect["field"]))
    return expected


def alarms(outputs: dict, ids: set[str]) -> tuple[dict[str, set[Place]], dict]:
    """Rule → places, and details by (id, field, rule); under "rejects" the (id, rule) that reject."""
    found, details = defaultdict(set), {"rejects": set()}
    for id in ids:
        row = outputs[id]
        for field in FIELDS:
            source = {"title_zh": row["title"], "abstract_zh": row["abstract"]}.get(
                field, f"{row['title']}\n{row['abstract']}"
            )
            for problem in find_problems(Case(id, field, source, row.get(field)), ValidateSettings()):
                found[problem.rule].add((id, field))
                details[id, field, problem.rule] = problem.detail
                if problem.severity == "reject":
                    details["rejects"].add((id, problem.rule))
    return found, details


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
