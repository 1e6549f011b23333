"""Small valid records to test with; a test names only what it is about."""

import datetime as dt
from pathlib import Path

from pipeline import fields
from pipeline.asking import context as asking_context
from pipeline.asking.answers import StoredAnswer
from pipeline.asking.context import RunContext
from pipeline.asking.prompts import Example, Prompt
from pipeline.fields import Field
from pipeline.files import day_folder, write_records, write_text
from pipeline.records import Answer, Digest, Entry, Failure, Paper, PaperTexts, Problem, RunReport
from pipeline.rules import RULES, ValidateSettings
from pipeline.settings import ModelSettings

DAY = dt.date(2026, 6, 30)
SUMMARIZE = Prompt(role="你是编辑。", task="用一句话概括论文。", examples=())
TRANSLATE = Prompt(role="你是译者。", task="译成简体中文。", examples=(Example("We sort.", "我们排序。"),))


def paper(**changes) -> Paper:
    fields = {
        "id": "2606.00001",
        "version": 1,
        "title": "Sorting with care",
        "abstract": "We sort lists. It works.",
        "authors": ("Ada Lovelace",),
        "categories": ("cs.CL",),
        "announce_type": "new",
        "published": DAY,
    } | changes
    return Paper(**{"url": f"https://arxiv.org/abs/{fields['id']}"} | fields)


def summary(**changes) -> PaperTexts:
    return PaperTexts(**{"id": "2606.00001", "version": 1, "summary_zh": "细致地排序。", "summary_en": None} | changes)


def translation(**changes) -> PaperTexts:
    return PaperTexts(
        **{"id": "2606.00001", "version": 1, "title_zh": "细致排序", "abstract_zh": "我们排序。"} | changes
    )


def problem(**changes) -> Problem:
    fields = {"id": "2606.00001", "field": "title_zh", "rule": "mixed", "severity": "warn", "detail": "夹有英文"}
    return Problem(**fields | changes)


def failure(**changes) -> Failure:
    fields = {"id": "2606.00001", "field": "title_zh", "rule": "no_answer", "detail": "hung"}
    return Failure(**fields | changes)


def entry(**changes) -> Entry:
    fields = {"paper": paper(), "fate": "published", "title_zh": "细致排序", "summary_zh": "细致地排序。"}
    return Entry(**fields | {"abstract_zh": "我们对列表排序。很有效。"} | changes)


def digest(*entries: Entry, **changes) -> Digest:
    from pipeline.ledger import count

    fields = {"name": "cs.CL", "date": DAY, "entries": entries, "counts": count(each.fate for each in entries)}
    return Digest(**fields | {"report": RunReport()} | changes)


def model(**changes) -> ModelSettings:
    return ModelSettings(**{"provider": "openai", "name": "tiny"} | changes)


def only(*rules: str) -> ValidateSettings:
    """All other rules off, so that what is tested doesn't hang on the judgement of every one of them."""
    return ValidateSettings(severity={rule.name: "off" for rule in RULES if rule.name not in rules})


def context(*models: ModelSettings, **changes) -> RunContext:
    prompts = {"summarize": SUMMARIZE, "translate": TRANSLATE}
    fields = {"prompts": prompts, "glossary": (), "models": models or (model(),), "checks": only()}
    return RunContext(**fields | changes)


def answer(text: str, **changes) -> Answer:
    return Answer(**{"text": text, "prompt_tokens": 100, "completion_tokens": 40} | changes)


def add_field(monkeypatch, **changes) -> str:
    """A row more in the table of fields, made from the Chinese abstract; its name."""
    row = {"name": "gist_zh", "task": "translate", "kind": "one_liner", "language": "zh", "made_of": ("abstract_zh",)}
    field = Field(**row | {"wanted": "要旨", "label": "要旨"} | changes)
    for module in (fields, asking_context):
        monkeypatch.setattr(module, "FIELDS", (*fields.FIELDS[:4], field))
    monkeypatch.setitem(fields._BY_NAME, field.name, field)
    return field.name


class Stored(dict):
    """Stored answers by their keys, instead of answers.db."""

    def knows(self, paper: str, field: str) -> bool:
        return bool(self)


def kept(key: str = "k", **changes) -> StoredAnswer:
    fields = {
        "key": key,
        "paper": "2606.00001",
        "version": 1,
        "field": "title_zh",
        "part": None,
        "prompt": "f" * 12,
        "glossary": "",
        "model": "tiny",
        "attempt": 0,
        "text": "细致排序",
        "cut": False,
        "requests": 1,
        "prompt_tokens": 100,
        "completion_tokens": 40,
        "cached_tokens": 0,
        "cost": 0.5,
        "asked_at": "2026-06-30T00:00:00.000000+00:00",
    }
    return StoredAnswer(**fields | changes)


def assembled(output, *entries, date=DAY, name="cs.CL", page=True, data=True) -> Path:
    """The folder of a day on the disk as a run leaves it, with what the files of all days are made of."""
    from pipeline.render.data import render_json

    made = digest(*entries or (entry(),), name=name, date=date)
    folder = day_folder(output, name, date)
    write_records(folder / "papers.jsonl", [each.paper for each in made.entries])
    write_text(folder / "run.json", RunReport(counts=made.counts).model_dump_json())
    if page:
        write_text(folder / "digest.html", "<!doctype html>")
    if data:
        write_text(folder / "digest.json", render_json(made))
    return folder
