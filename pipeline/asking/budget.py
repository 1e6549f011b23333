"""`model.max_cost`: a hard cap on what a run spends, kept by reserving the worst case of a call before it is made.

Counts money only; what a failed question means for its paper is ask.py's.
"""

import asyncio

from pipeline.errors import OverBudget
from pipeline.model.tokens import count_tokens
from pipeline.records import Answer, Ask, Question, Usage
from pipeline.settings import ModelSettings

PROMPT_MARGIN = 1.5
"""Providers count with tokenizers of their own; o200k_base is at most so far off on English with Chinese around it."""
ANSWER_FACTOR = 4
"""An answer has 1.5 to 2 times the tokens of the prompt's variable part; one longer than this is cut off."""
ANSWER_FLOOR = 400
BATCH_PRICE = 0.5
"""What a batch costs of the price online: OpenAI, DashScope, SiliconFlow and Zhipu all say 50 %."""


def cost_of(answer: Answer, model: ModelSettings) -> float:
    """Money in the config's currency."""
    return cost_of_usage(answer.usage, model) * (BATCH_PRICE if answer.batch else 1)


def cost_of_usage(usage: Usage, model: ModelSettings) -> float:
    """The same for tokens that came online."""
    fresh, price = usage.prompt_tokens - usage.cached_tokens, model.price
    full = fresh * price.input + usage.cached_tokens * price.cached + usage.completion_tokens * price.output
    return full / 1e6


class Budget:
    """What one run has spent and reserved. Shared by all models of the run."""

    def __init__(self, cap: float | None) -> None:
        self.cap = cap
        self.spent = 0.0
        self._reserved: dict[int, float] = {}
        """By call in flight; a running sum would keep crumbs of rounding."""
        self._aside = 0.0
        """For batches under way."""
        self._calls = 0
        self._freed = asyncio.Condition()

    def within(self, ask: Ask, model: ModelSettings) -> Ask:
        """The same `ask`, under the cap: raises OverBudget where a call could overshoot it."""
        if self.cap is None:
            return ask

        async def asked(question: Question) -> Answer:
            limited, worst = _worst_case(question)
            call = await self._reserve(cost_of(worst, model), question)
            spent = 0.0
            try:
                answer = await ask(limited)
                spent = cost_of(answer, model)
            finally:
                async with self._freed:
                    del self._reserved[call]
                    self.spent += spent
                    self._freed.notify_all()
            return answer

        return asked

    def set_aside(self, question: Question, model: ModelSettings) -> Question | None:
        """The question as it may go into a batch, its worst case set aside; None where that could overshoot the cap."""
        if self.cap is None:
            return question
        limited, worst = _worst_case(question)
        most = cost_of(worst.model_copy(update={"batch": True}), model)
        if not self._fits(most):
            return None
        self._aside += most
        return limited

    def settle_batches(self, spent: float) -> None:
        """All batches are over, and this is what they cost."""
        self._aside = 0.0
        self.spent += spent

    async def _reserve(self, most: float, question: Question) -> int:
        async with self._freed:
            # What others have reserved mostly comes back, so only an idle budget that is too small refuses.
            await self._freed.wait_for(lambda: self._fits(most) or not self._reserved)
            if not self._fits(most):
                raise OverBudget(
                    f"{question.subject}: max_cost {self.cap:g} is spent ({self.spent:.4f}); raise it and run again"
                )
            self._calls += 1
            self._reserved[self._calls] = most
            return self._calls

    def _fits(self, most: float) -> bool:
        return self.cap is None or self.spent + self._aside + sum(self._reserved.values()) + most <= self.cap


def _worst_case(question: Question) -> tuple[Question, Answer]:
    """The question with a limit for its answer, and the longest answer that it can get then."""
    prompt = sum(count_tokens(message.content) for message in question.messages)
    variable = count_tokens(question.messages[-1].content)
    limit = question.max_tokens or ANSWER_FACTOR * variable + ANSWER_FLOOR
    worst = Answer(text="", prompt_tokens=round(PROMPT_MARGIN * prompt) + 50, completion_tokens=limit)
    return question.model_copy(update={"max_tokens": limit}), worst
