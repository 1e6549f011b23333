"""The benchmark measures what it says: a server that limits as told, contestants that count their losses."""

import pytest

from tests import bench
from tests.bench import Bucket, Limited
from tests.model_server import serving


def test_a_bucket_gives_its_stock_and_then_its_rate():
    """And never holds more than its burst, however long nobody comes."""
    bucket = Bucket(60)
    assert bucket.lacks(bench.BURST_SECONDS, now=0) == 0
    bucket.stock = 0
    assert bucket.lacks(3, now=1) == pytest.approx(2)
    assert bucket.lacks(bench.BURST_SECONDS + 1, now=1000) == pytest.approx(1)


@pytest.mark.parametrize(
    ("contestant", "asks"),
    [
        (bench.whole_run, bench.questions),
        (bench.asking, bench.questions),
        (bench.bare_loop, bench.plain_questions),
    ],
)
def test_every_contestant_gets_its_answers(contestant, asks, monkeypatch):
    """From the same server, about the same papers; LangChain never closes its client, so it only works in a process of its own."""
    monkeypatch.setattr(bench, "PAPERS", 4)
    limited = Limited()
    limited.chance.lognormvariate = lambda mu, sigma: 0.01
    with serving() as provider:
        provider.behaves = limited
        result = contestant(provider.base_url, asks())
        assert {each.title for each in provider.asked} == {paper.title for paper in bench.papers(4)}
    assert (result.lost, limited.answered, limited.refused) == (0, 4, 0)
    assert limited.possible == pytest.approx(0.01)
    assert 1 < limited.used / limited.content < 2


def test_what_is_refused_is_lost_to_a_bare_loop(monkeypatch):
    """Which has nobody who would try again."""
    monkeypatch.setattr(bench, "PAPERS", 4)
    limited = Limited(requests=Bucket(1))
    limited.requests.stock = limited.requests.burst = 2
    limited.chance.lognormvariate = lambda mu, sigma: 0.01
    with serving() as provider:
        provider.behaves = limited
        result = bench.bare_loop(provider.base_url, bench.questions())
    assert (result.lost, limited.answered, limited.refused) == (2, 2, 2)


def test_checking_and_rendering_is_timed_step_by_step():
    """With texts in which no rule finds a reason to reject."""
    seconds, result = bench.check_and_render(3)
    assert list(seconds)[:2] == ["validate", "assemble"]
    assert result.lost == 0
