"""docs/tables.md says what the tables say."""

from tests.tables_page import PAGE, page


def test_the_page_equals_the_tables():
    """`python -m tests.tables_page` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()
