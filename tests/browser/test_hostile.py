"""Hostile papers in a real Chromium: with and without the page's own policy nothing runs, nothing is asked for, nothing moves.

With --thorough they are 500; else 30.
"""

import re

import pytest

from tests.browser.test_page import chromium, visit  # noqa: F401 - fixtures
from tests.test_hostile import day  # noqa: F401 - a fixture
from tests.test_markdown import GFM, Tags

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "no policy"])
def test_nothing_comes_to_life(visit, day, policy):  # noqa: F811
    """Opened, searched, clicked through by key, copied; then the archive."""
    for path in (day / "digest.html", day.parent / "index.html"):
        if not policy:
            path.write_text(POLICY.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    page = visit(
        day / "digest.html", viewport={"width": 390, "height": 844}, permissions=["clipboard-read", "clipboard-write"]
    )
    address = page.url
    page.click("[name=all]")
    page.fill("input[type=search]", "alert")
    page.fill("input[type=search]", "")
    for key in "jojojo":
        page.keyboard.press(key)
    tags = Tags()
    for button in page.locator("article [data-copy=markdown]").all()[:20]:
        button.dispatch_event("click")
        page.wait_for_function(
            "navigator.clipboard.readText().then(text => text.startsWith('##') || text.startsWith('#'))"
        )
        tags.feed(GFM.render(page.evaluate("navigator.clipboard.readText()")))
    assert not {"script", "img", "svg", "iframe", "table", "ol", "section", "style"} & set(tags.found)
    assert page.evaluate("document.scripts.length") == 1
    assert page.evaluate(
        "[...document.querySelectorAll('*')].every(each => [...each.attributes].every(one => !one.name.startsWith('on')))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.url.partition("#")[0] == address
    assert len(page.context.pages) == 1
    visit(day.parent / "index.html")
