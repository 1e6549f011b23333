"""What can be made again goes, and only when it is wished."""

import datetime as dt

from tests import invented
from tests.factories import DAY

OLD = DAY - dt.timedelta(days=30)


def two_days(desk):
    desk.announce(invented.paper(1, published=OLD), invented.paper(2))
    for day in (OLD, DAY):
        desk.wenzhai("run", "--date", day.isoformat())
    return desk.output / "cs.CL" / OLD.isoformat()


def everything(desk):
    return {path: path.read_bytes() for path in desk.output.rglob("*") if path.is_file() and path.suffix != ".log"}


def test_documents_of_old_days(desk):
    """First they are only shown; the page stays, the rest comes back for nothing, and the search still knows the papers."""
    old = two_days(desk)
    documents = {name: (old / name).read_bytes() for name in ("digest.md", "digest.json")}
    before = everything(desk)
    shown = desk.wenzhai("prune", "--keep", "20").out
    assert "digest.md digest.json" in shown and "--yes removes" in shown
    assert everything(desk) == before
    assert "MB removed" in desk.wenzhai("prune", "--keep", "20", "--yes").out
    gone = set(before) - set(everything(desk))
    assert gone == {old / name for name in documents}
    assert desk.wenzhai("verify", "--date", OLD.isoformat()).status == 0
    assert desk.wenzhai("prune", "--keep", "20").out == "nothing to remove\n"
    desk.asked()
    desk.wenzhai("run", "--date", DAY.isoformat())
    desk.wenzhai("assemble", "--date", OLD.isoformat())
    assert {name: (old / name).read_bytes() for name in documents} == documents
    assert desk.asked() == []


def test_what_stays(desk):
    """An edited document, one that could not be made again, and the last two weeks."""
    old = two_days(desk)
    (old / "digest.md").write_text("mine", encoding="utf-8")
    assert "digest.md: edited since, stays" in desk.wenzhai("prune", "--keep", "14").out
    (old / "summaries.jsonl").unlink()
    before = everything(desk)
    desk.wenzhai("prune", "--keep", "14", "--yes")
    assert everything(desk).keys() == before.keys()
    assert desk.wenzhai("prune", "--keep", "13").status == 2
