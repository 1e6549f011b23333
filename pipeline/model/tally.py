"""What a run has asked and used so far."""

from dataclasses import dataclass

from pipeline.records import Usage


@dataclass
class Spent:
    """Tokens of one call as the provider counts them."""

    prompt: int
    completion: int
    cached: int = 0


@dataclass
class Tally:
    """Counts along while a run asks; refused and broken-off answers are paid for too and count."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    retries: int = 0
    waits: int = 0
    """Answers 429; they used nothing up."""

    def add(self, spent: Spent) -> None:
        self.prompt_tokens += spent.prompt
        self.completion_tokens += spent.completion
        self.cached_tokens += spent.cached

    def so_far(self, cost: float) -> Usage:
        """As run.json has it."""
        return Usage(
            requests=self.requests,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens,
            retries=self.retries,
            cost=cost,
        )
