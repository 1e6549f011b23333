"""A reader's mornings in a real Chromium: two days of two digests, one home, nothing but files."""

import datetime as dt
import json
import re
from importlib import resources

import pytest

from pipeline.records import Counts
from pipeline.render import Links, Site, render_home, render_month, rows_of
from pipeline.render.archive import render_archive
from pipeline.render.data import Document, Series, render_json
from pipeline.render.html import render_html
from tests.factories import DAY, digest, entry, paper, problem
from tests.test_html import HOSTILE

YESTERDAY = DAY - dt.timedelta(days=1)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LINKS = Links(archive=True, feed=True, search=True)


def one_paper(number, **changes):
    one = paper(
        id=f"2606.{number:05}",
        title=f"Sorting with care, part {number}, and what follows from it",
        abstract="It sorts every list with care, whatever there is in it. " * 12,
        authors=("Ada B. Lovelace", "Kurt Gödel") if number % 2 else ("Emmy Noether",),
    )
    texts = {"title_zh": f"细致排序之{number}：无论列表有多长都细致地排序", "abstract_zh": "它细致地排序。" * 40}
    texts["summary_zh"] = "提出细致的排序方法，" + ("用于语言模型。" if number % 3 else "用于智能体。")
    return entry(**{"paper": one} | texts | changes)


def write_site(folder, days, hostile=()):
    """The site of digests of these days: (digest, day) → entries."""
    documents = {}
    for (name, day), entries in days.items():
        whole = digest(*entries, name=name, date=day)
        documents[name, day] = Document.model_validate_json(render_json(whole))
        path = folder / name / str(day) / "digest.html"
        path.parent.mkdir(parents=True)
        path.write_text(render_html(whole, LINKS), encoding="utf-8")
    series = []
    for name in dict.fromkeys(name for name, _ in days):
        own = {day: document for (of, day), document in documents.items() if of == name}
        counts = {day: own[day].counts for day in sorted(own, reverse=True)}
        recent = [own[day] for day in counts]
        now = dt.datetime.now(dt.UTC)
        series.append(Series(name, counts, dict.fromkeys(own, "digest.html"), recent, None, "", now, feed=True))
        (folder / name / "index.html").write_text(render_archive(series[-1]), encoding="utf-8")
    (folder / "index.html").write_text(render_home(Site(series, ["2026-06"], feed=True)), encoding="utf-8")
    (folder / "search").mkdir()
    rows = [row for document in documents.values() for row in rows_of(document)]
    (folder / "search/2026-06.js").write_text(render_month("2026-06", [*rows, *hostile]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    doubts = (problem(id="2606.00150", field="abstract_zh", rule="omitted", detail="少了一句"),)
    today = [one_paper(150, fate="flagged", problems=doubts), *(one_paper(number) for number in range(149, 13, -1))]
    return write_site(
        tmp_path_factory.mktemp("site"),
        {
            ("cs.CL", DAY): today,
            ("cs.CL", YESTERDAY): [one_paper(number) for number in range(13, 3, -1)],
            ("cs.AI", DAY): [one_paper(3), one_paper(2, muted=("综述",)), one_paper(1, interests=("agent",))],
        },
    )


@pytest.fixture
def today(site):
    return site / "cs.CL" / str(DAY) / "digest.html"


def shown(page) -> list[int]:
    return page.eval_on_selector_all(
        "article", "all => all.filter(each => each.checkVisibility()).map(each => Number(each.id.slice(5)))"
    )


def downloaded(page, selector) -> str:
    with page.expect_download() as download:
        page.click(selector)
    return download.value.path().read_text(encoding="utf-8")


def until(page, condition):
    """As wait_for_function, which a page's policy forbids after a change of page."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def go(page, path):
    page.wait_for_timeout(100)  # Chromium hands what is kept to the process of the next page in its own time
    page.goto(path.as_uri())


def say_words(page, interests="", mute=""):
    page.click("[name=words]")
    page.fill("[name=interests]", interests)
    page.fill("[name=mute]", mute)
    page.click("text=保存")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_words_of_my_own(visit, today, site, size):
    """★ with the reason and first, muted ones folded at the end, in every page; kept in a file for another browser."""
    page = visit(today, viewport=size, accept_downloads=True)
    say_words(page, "智能體\nada lovelace part", "part 14\npart 148")
    first = shown(page)
    assert first[0] == 150 and first[:45] == [number for number in range(150, 13, -1) if number % 3 == 0][:45]
    assert 148 not in first and 14 not in first
    assert page.locator(".mine").first.inner_text() == "★ 智能體"
    until(page, "CSS.highlights.get('mine')?.size > 40")
    assert page.inner_text("#muted > summary") == "屏蔽的 2 篇"
    assert page.inner_text("output[name=hits]") == "137 篇"
    page.click("#muted > summary")
    assert shown(page)[-2:] == [148, 14]
    page.check("[name=mine]")
    assert len(shown(page)) == 46
    page.click("[name=words]")
    kept = downloaded(page, "[name=export]")
    page.keyboard.press("Escape")
    go(page, site / "cs.CL" / str(YESTERDAY) / "digest.html")
    assert shown(page)[:3] == [12, 9, 6]
    other = visit(today, viewport=size)
    other.click("[name=words]")
    other.set_input_files("[name=file]", files=[{"name": "x.json", "mimeType": "application/json", "buffer": b"{}"}])
    until(other, "document.querySelector('[name=said]').value.includes('不是')")
    other.set_input_files("[name=file]", files=[{"name": "x", "mimeType": "application/json", "buffer": kept.encode()}])
    until(other, "document.querySelector('[name=interests]').value.startsWith('智能體')")
    other.keyboard.press("Escape")
    assert shown(other)[1] == 147


def test_words_of_the_digest(visit, site):
    """Stand in the page; the order by number is a choice."""
    page = visit(site / "cs.AI" / str(DAY) / "digest.html")
    assert shown(page) == [1, 3]
    assert page.inner_text("#muted > summary") == "屏蔽的 1 篇"
    page.select_option("[name=order]", "id")
    assert shown(page) == [3, 1]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_star_read_later(visit, today, site, size):
    """By button and by key, over two days; a list of them, exported for LaTeX, for people and for Zotero."""
    page = visit(today, viewport=size, accept_downloads=True)
    page.click("[id='2606.00150'] .star")
    page.click("[id='2606.00149'] header h2")
    assert page.locator("[id='2606.00149'][data-is-read] details[open]").count() == 1
    page.click("[id='2606.00149'] [data-do=later]")
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.check("[name=star]")
    assert shown(page) == [150, 148]
    page.uncheck("[name=star]")
    page.check("[name=unread]")
    assert 149 not in shown(page) and len(shown(page)) == 136
    page.click("[name=allRead]")
    assert shown(page) == []
    go(page, site / "cs.CL" / str(YESTERDAY) / "digest.html")
    page.click("[id='2606.00013'] .star")
    go(page, site / "index.html")
    page.click("#kept summary")
    assert page.inner_text("#kept h2") == "收藏 3，稍后读 1"
    titles = [each.split("：")[0] for each in page.locator("#kept h3").all_inner_texts()]
    assert titles == ["细致排序之13", "细致排序之148", "细致排序之150"]
    bibtex = downloaded(page, "[data-save=bibtex]")
    assert bibtex.count("@misc{arxiv:2606.") == 3 and "author = {Ada B. Lovelace and Kurt Gödel}" in bibtex
    markdown = downloaded(page, "[data-save=markdown]")
    assert markdown.startswith(
        "- [细致排序之13：无论列表有多长都细致地排序](https://arxiv.org/abs/2606.00013) Sorting with"
    )
    ris = downloaded(page, "[data-save=ris]")
    assert ris.count("TY  - ") == ris.count("ER  - ") == 3
    for line in ("AU  - Lovelace, Ada B.", "PY  - 2026", "DO  - 10.48550/arXiv.2606.00013"):
        assert f"{line}\r\n" in ris or f"{line}\n" in ris
    page.click("#kept h3 a >> nth=2")
    until(page, "document.querySelector('[id=\"2606.00150\"] details')?.open")


@pytest.mark.parametrize(("size", "screens"), [(PHONE, 14), (DESK, 6)], ids=["390", "1280"])
def test_at_a_glance(visit, today, site, size, screens):
    """137 papers in few screens; the focused one says what it is about; kept for the next page."""
    page = visit(today, viewport=size)
    page.click("[name=view]")
    height = page.evaluate("document.querySelector('main').getBoundingClientRect().height")
    assert height / size["height"] <= screens
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.keyboard.press("j")
    if size == DESK:
        line = page.locator("[id='2606.00150'] .line").bounding_box()
        assert line["width"] > 1000
    page.keyboard.press("Enter")
    assert page.locator("[id='2606.00150'] [data-field=abstract_zh]").is_visible()
    go(page, site / "cs.CL" / str(YESTERDAY) / "digest.html")
    assert page.evaluate("document.documentElement.dataset.view") == "compact"


def test_the_address_remembers(visit, today):
    """Search, filters, order and density, through a reload; what it does not know is no matter."""
    page = visit(today)
    page.fill("[type=search]", "排序 -智能體")
    page.select_option("[name=order]", "id")
    page.check("[name=doubtful]")
    page.click("[name=view]")
    state = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    assert state == {"q": "排序 -智能體", "order": "id", "only": "doubtful", "view": "compact"}
    before = shown(page)
    page.reload()
    assert shown(page) == before == []
    assert page.input_value("[type=search]") == "排序 -智能體"
    page.goto(f"{today.as_uri()}?category=nowhere&only=x%20star&order=%3Cb%3E&q=%22part%2020,%22")
    assert shown(page) == []
    page.goto(f"{today.as_uri()}?category=nowhere&order=%3Cb%3E&q=%22part%2020,%22")
    assert shown(page) == [20]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("智能体 OR 语言模型", 137),
        ("智能体 或 没有", 46),
        ("-智能体", 91),
        ('"part 20"', 1),
        ("“care, part 20,”", 1),
        ('"20 part"', 0),
        ("語言模型 -gödel", 46),
        ("godel", 68),
        ("-", 137),
    ],
)
def test_what_a_search_understands(visit, today, query, count):
    """Either, not, phrases, traditional characters, letters without their accents."""
    page = visit(today)
    page.fill("[type=search]", query)
    assert len(shown(page)) == count


def test_the_closed_list(visit, today):
    """Id and title are links; selecting words opens nothing, a click on the title does; keys lead to arXiv and PDF."""
    page = visit(today)
    head = page.locator("[id='2606.00149'] header")
    assert head.locator("a").evaluate_all("all => all.map(each => each.getAttribute('href'))") == [
        "#2606.00149",
        "https://arxiv.org/abs/2606.00149",
    ]
    box = head.locator(".title").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 10, steps=4)
    page.mouse.up()
    assert page.evaluate("String(getSelection())")
    assert not page.locator("[id='2606.00149'] details[open]").count()
    head.locator("h2 a").click()
    assert page.locator("[id='2606.00149'] details[open]").count() == 1
    page.evaluate("() => { window.open = (url) => { (window.opened ??= []).push(url); }; }")
    page.keyboard.press("a")
    page.keyboard.press("p")
    assert page.evaluate("opened") == ["https://arxiv.org/abs/2606.00149", "https://arxiv.org/pdf/2606.00149v1"]


def test_the_day_before_and_after(visit, today):
    """By link and by key; beyond the newest there is a word."""
    page = visit(today)
    page.click("[rel=prev]")
    page.wait_for_url(f"**/cs.CL/{YESTERDAY}/digest.html")
    page.keyboard.press("]")
    page.wait_for_url(f"**/cs.CL/{DAY}/digest.html")
    page.keyboard.press("]")
    page.wait_for_selector(f"text={DAY} 是最新的一天")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_the_ledger_leads_to_the_statistics(visit, today, size):
    """To its very place, whatever the papers above it turn out to be as high as."""
    page = visit(today, viewport=size)
    page.click(".ledger a")
    page.wait_for_timeout(500)
    top = page.locator("#statistics").bounding_box()["y"]
    assert -1 <= top - 68 <= 20


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_search_over_all_days(visit, site, size):
    """Nothing is loaded before somebody searches; then both digests, in either script; each result leads to its paper."""
    page = visit(site / "index.html", viewport=size)
    loaded = "document.querySelectorAll('script[src]').length"
    assert page.evaluate(loaded) == 0
    for query, count in (("智能體 part", 50), ("noether OR lovelace", 150), ('"part 12," -语言', 1), ("没有", 0)):
        page.fill("[type=search]", query)
        until(page, f"document.querySelector('[name=hits]').value === '{count} 篇'")
    assert page.evaluate(loaded) == 1
    page.fill("[type=search]", '"part 1,"')
    until(page, "document.querySelector('[name=hits]').value === '1 篇'")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.evaluate("location.search").startswith("?q=")
    page.click("#results h3 a")
    until(page, "document.querySelector('[id=\"2606.00001\"] details')?.open")
    page.fill("[type=search]", "part 5")
    page.click(".everywhere a")
    until(page, "document.querySelector('[name=hits]')?.value.endsWith(' 篇')")
    assert page.input_value("[type=search]") == "part 5"


def test_hostile_papers_do_nothing(visit, tmp_path):
    """Not in the list, the search, what was kept or what was imported: no script, no request, no link elsewhere."""
    place = f"cs.CL/{DAY}"
    entries = [
        one_paper(
            number, title_zh=text, summary_zh=text, interests=(text,), paper=paper(id=f"2606.{number:05}", title=text)
        )
        for number, text in enumerate(HOSTILE, start=1)
    ]
    bad = next(iter(rows_of(Document.model_validate_json(render_json(digest(entries[0]))))))
    hostile = [bad._replace(place="javascript:alert(1)//x"), bad._replace(id='"><img src=x>')]
    folder = write_site(tmp_path / "site", {("cs.CL", DAY): entries}, hostile)
    page = visit(folder / "index.html", viewport=PHONE, accept_downloads=True)
    held = {"title": HOSTILE[0], "original": HOSTILE[1], "oneLiner": HOSTILE[2], "authors": [HOSTILE[0]], "bibtex": ""}
    kept = {
        "2606.00001": {**held, "place": place, "star": "2026"},
        "2606.00002": {**held, "place": "javascript:x", "star": "2"},
    }
    kept["2606.00003"] = {"place": place, "title": "x", "bibtex": "x", "star": "3"}
    file = {
        "wenzhai": 1,
        "kept": {**kept, "<img src=x>": {**held, "place": place, "star": "1"}},
        "words": {"interests": list(HOSTILE)},
    }
    page.click("[name=words]")
    page.set_input_files(
        "[name=file]", files=[{"name": "x", "mimeType": "application/json", "buffer": json.dumps(file).encode()}]
    )
    until(page, "document.querySelector('[name=said]').value === '已导入'")
    page.keyboard.press("Escape")
    page.click("#kept summary")
    assert page.locator("#kept li").count() == 1
    assert "<script>" not in downloaded(page, "[data-save=markdown]").replace("&lt;", "")
    page.fill("[type=search]", "alert OR evil OR W")
    until(page, "document.querySelector('#results li')")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    links = page.eval_on_selector_all("a", "all => all.map(each => each.href)")
    assert all(re.match(r"file:///|https://arxiv\.org/", link) for link in links)
    assert not page.locator("img, svg, iframe").count()
    go(page, folder / place / "digest.html")
    page.click("[name=all]")
    assert page.locator(".mine").count() == len(HOSTILE)


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["390", "1280"])
def test_accessibility(visit, site, size, scheme):
    """axe-core finds nothing, closed and open, full and compact, in the archive, the home and the results of a search."""
    axe = pytest.importorskip("axe_playwright_python", reason="make test-browser brings axe-core")
    script = (resources.files(axe) / "axe.min.js").read_text(encoding="utf-8")
    day = site / "cs.AI" / str(DAY) / "digest.html"
    page = visit(day, viewport=size, color_scheme=scheme, bypass_csp=True)

    def violations():
        page.evaluate(script)
        found = page.evaluate("axe.run().then(({violations}) => violations)")
        return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]

    assert violations() == []
    page.click("#muted > summary")
    page.click("[name=all]")
    page.click("[id='2606.00003'] .star")
    assert violations() == []
    page.click("[name=all]")
    page.click("[name=view]")
    assert violations() == []
    page.click("[name=words]")
    assert violations() == []
    go(page, site / "cs.CL" / "index.html")
    assert violations() == []
    go(page, site / "index.html")
    page.click("#kept summary")
    assert violations() == []
    page.fill("[type=search]", "排序")
    page.wait_for_selector("#results li")
    assert violations() == []


def test_the_calendar_is_near(visit, tmp_path):
    """On a phone, above the days and not thousands of pixels below them; older months are folded."""
    days = {DAY - dt.timedelta(days=back): Counts(announced=9, published=9) for back in range(60)}
    path = tmp_path / "index.html"
    series = Series("cs.CL", days, dict.fromkeys(days, "digest.html"), (), None, "", dt.datetime.now(dt.UTC))
    path.write_text(render_archive(series), encoding="utf-8")
    page = visit(path, viewport=PHONE)
    assert page.locator("table").first.bounding_box()["y"] < 300
    assert page.locator("table:visible").count() == 1
    page.click("text=更早")
    assert page.locator("table:visible").count() == 2
