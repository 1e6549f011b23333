"""Everything that can go wrong and that somebody catches.

    WenzhaiError                the command stops with exit status 1; nothing kept is lost
    ├── ConfigError             config.yaml, or a --set, cannot be used
    ├── PromptError             a prompt file cannot be used
    ├── FileError               a stage file, the glossary, the corrections or the disk
    ├── AnswersError            answers.db cannot be read or written
    ├── SourceError             arXiv gave nothing usable
    │   └── StaleFeed           arXiv served a day that is known already
    ├── SendError               a service did not take the digest
    ├── ModelError              the endpoint cannot be used: key, name, address, a spent quota
    └── QuestionFailed          one question only: its paper goes on without this answer
        ├── NoAnswer            rule no_answer: all tries failed
        ├── Filtered            rule filtered: the provider's content filter refused it
        └── OverBudget          rule budget: model.max_cost would be overshot

Every message names its subject first and ends with the way out; none holds a key.
"""

from typing import ClassVar


class WenzhaiError(Exception):
    """What a person sees as one line."""


class ConfigError(WenzhaiError):
    pass


class PromptError(WenzhaiError):
    pass


class FileError(WenzhaiError):
    pass


class AnswersError(WenzhaiError):
    pass


class SourceError(WenzhaiError):
    pass


class StaleFeed(SourceError):
    pass


class SendError(WenzhaiError):
    pass


class ModelError(WenzhaiError):
    pass


class QuestionFailed(WenzhaiError):
    rule: ClassVar[str]


class NoAnswer(QuestionFailed):
    rule = "no_answer"


class Filtered(QuestionFailed):
    rule = "filtered"


class OverBudget(QuestionFailed):
    rule = "budget"
