"""The only way to a case: whoever judges a text of a paper (asking, validate, trials, evaluation) asks here.

So all of them judge the same thing, and its verdict is found once (find_problems remembers it).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.records import Paper, Problem
from pipeline.rules import counted, find_problems
from pipeline.rules.analysis import NOTHING, Case, PromptText
from pipeline.rules.settings import ValidateSettings
from pipeline.text.source import Upstream, part_of, source_of
from pipeline.text.terms import Term, terms_in


@dataclass(frozen=True)
class Judge:
    """What texts are judged by: one a run."""

    settings: ValidateSettings
    glossary: tuple[Term, ...] = ()
    prompts: Mapping[str, PromptText] = field(default_factory=dict)
    """Field name → what the model was told for it, to find that again in an answer."""

    def case_of(
        self,
        paper: Paper,
        field: str,
        text: str | None,
        *,
        upstream: Upstream = {},  # noqa: B006 - read only
        sentence: str | None = None,
        cut: bool = False,
    ) -> Case:
        """`upstream`: the texts of the fields that this one is made from; `sentence`: the one of them that was asked alone;
        `cut`: the provider stopped at its length limit."""
        # The terms of the whole paper: what a title calls an agent, only the abstract may call a multi-agent system.
        whole = f"{part_of(paper, 'title')}\n{part_of(paper, 'abstract')}"
        return Case(
            id=paper.id,
            field=field,
            source=source_of(paper, field, upstream) if sentence is None else sentence,
            text=text,
            cut=cut,
            told=self.prompts.get(field, NOTHING),
            terms=terms_in(whole, paper.categories, self.glossary),
            part=sentence is not None,
        )

    def problems_of(self, case: Case) -> tuple[Problem, ...]:
        """All that is wrong with it, worst first."""
        return find_problems(case, self.settings)

    def judged(self, case: Case) -> tuple[Problem, ...]:
        """The same, and last what is only counted."""
        return (*find_problems(case, self.settings), *counted(case, self.settings))
