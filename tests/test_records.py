"""The words everybody uses, where they hold a rule of their own."""

import pytest

from tests.factories import paper

SAYS_SO = (
    "This paper has been withdrawn by the authors due to a crucial error in Section 4.",
    "This paper has been withdrawn.",
    "This submission has been withdrawn by arXiv administrators because of a disputed authorship.",
    "We study lists. This article is withdrawn because its main lemma does not hold.",
    "We study lists (this manuscript was temporarily withdrawn).",
    "The paper has been withdrawn: see the comments.",
    "Withdrawn.",
    "[Withdrawn] Sorting with care",
    "WITHDRAWN: sorting with care",
    "Withdrawn due to an error",
    "Paper withdrawn by the author",
    "This arXiv version has been retracted.",
    "The author has withdrawn this paper due to an error in Section 3.",
    "Small boats. We have withdrawn this manuscript.",
    "Paper Boats (withdrawn)",
)
SAYS_SOMETHING_ELSE = (
    "We study why papers have been withdrawn from journals.",
    "The drug has been withdrawn from the market. This paper shows why.",
    "This paper studies articles that have been withdrawn.",
    "Retracted articles are still cited.",
    "Withdrawn from another conference, 12 pages",
    "Withdrawal symptoms in networks",
    "Withdrawn bodies: a survey",
    "The authors have retracted the paper on boats, and we ask why.",
    "We have withdrawn papers of three kinds (submitted, published, retracted).",
    "The work has a budget that was withdrawn.",
)


@pytest.mark.parametrize("field", ["title", "abstract", "comment"])
@pytest.mark.parametrize("text", SAYS_SO)
def test_a_withdrawn_paper_says_so(field: str, text: str):
    """Of itself, in any of the three."""
    assert paper(**{field: text}).is_withdrawn


@pytest.mark.parametrize("field", ["title", "abstract", "comment"])
@pytest.mark.parametrize("text", SAYS_SOMETHING_ELSE)
def test_others_may_speak_of_it(field: str, text: str):
    """As of their subject."""
    assert not paper(**{field: text}).is_withdrawn


def test_a_long_list_of_authors_is_shown_by_its_first_ones():
    """Of a collaboration of thousands nobody reads all names; a list of usual length is whole."""
    assert paper(authors=("A", "B")).byline == ("A", "B")
    names = tuple(f"Name {number}" for number in range(3000))
    assert paper(authors=names).byline == (*names[:10], "等 3,000 人")
