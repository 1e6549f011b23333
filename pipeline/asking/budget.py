"""`model.max_cost`: a hard cap on the cost of a run. The highest possible cost of a call is reserved before it is
sent."""

import asyncio

from pipeline.errors import OverBudget
from pipeline.model.tokens import count_tokens
from pipeline.records import Answer, Ask, Question, Usage
from pipeline.settings import ModelSettings

PROMPT_MARGIN = 1.5
"""Providers use their own tokenizers; on English with Chinese around it they count at most this many times
o200k_base."""
ANSWER_FACTOR = 4
"""Limit of an answer's tokens as a multiple of the prompt's variable part; usual answers have 1.5 to 2 times as
many."""
ANSWER_FLOOR = 400
BATCH_PRICE = 0.5
"""Price of a batch as a share of the online price: 50 % at OpenAI, DashScope, SiliconFlow and Zhipu."""


def cost_of(answer: Answer, model: ModelSettings) -> float:
    """Money in the config's currency."""
    return cost_of_usage(answer.usage, model) * (BATCH_PRICE if answer.batch else 1)


def cost_of_usage(usage: Usage, model: ModelSettings) -> float:
    """Cost of tokens at the online price, in the config's currency."""
    fresh, price = usage.prompt_tokens - usage.cached_tokens, model.price
    full = fresh * price.input + usage.cached_tokens * price.cached + usage.completion_tokens * price.output
    return full / 1e6


class Budget:
    """What one run has spent and reserved. Shared by all models of the run."""

    def __init__(self, cap: float | None) -> None:
        self.cap = cap
        self.spent = 0.0
        self._reserved: dict[int, float] = {}
        """By call in flight; a running sum would accumulate rounding errors."""
        self._aside = 0.0
        """Reserved for batches that are not finished."""
        self._calls = 0
        self._freed = asyncio.Condition()

    def within(self, ask: Ask, model: ModelSettings) -> Ask:
        """The same `ask`, but it raises OverBudget if a call could exceed the cap."""
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
        """Reserves the highest cost of a question for a batch and returns it with a token limit; None if it could
        exceed the cap."""
        if self.cap is None:
            return question
        limited, worst = _worst_case(question)
        most = cost_of(worst.model_copy(update={"batch": True}), model)
        if not self._fits(most):
            return None
        self._aside += most
        return limited

    def settle_batches(self, spent: float) -> None:
        """Replaces the reservations of all batches by their actual cost."""
        self._aside = 0.0
        self.spent += spent

    async def _reserve(self, most: float, question: Question) -> int:
        async with self._freed:
            # Most of what is reserved is released again, so a call fails only when nothing is reserved and it still
            # does not fit.
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
    """The question with a token limit, and the longest answer possible under that limit."""
    prompt = sum(count_tokens(message.content) for message in question.messages)
    variable = count_tokens(question.messages[-1].content)
    limit = question.max_tokens or ANSWER_FACTOR * variable + ANSWER_FLOOR
    worst = Answer(text="", prompt_tokens=round(PROMPT_MARGIN * prompt) + 50, completion_tokens=limit)
    return question.model_copy(update={"max_tokens": limit}), worst
