"""Whether a day would come out as it is; what a run does with that is test_run.py's."""

import pytest

from pipeline.run import fingerprints


@pytest.mark.parametrize(
    "name", ["rules/numbers.py", "render/page.js", "render/page.html.jinja", "run/fingerprints.py"]
)
def test_code_shapes_a_day_wherever_it_lies(name, tmp_path, monkeypatch):
    """A rule or a template that changed makes every day anew."""
    monkeypatch.setattr(fingerprints, "PACKAGE", tmp_path)
    (tmp_path / name).parent.mkdir()
    codes = set()
    for content in ("one", "other"):
        (tmp_path / name).write_text(content)
        codes.add(fingerprints.code.__wrapped__())
    assert len(codes) == 2


def test_all_code_is_looked_at():
    """From the package's own folder on."""
    assert (fingerprints.PACKAGE / "rules" / "numbers.py").exists()
    assert (fingerprints.PACKAGE / "__main__.py").exists()
