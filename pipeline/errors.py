"""The exceptions that a command reports in one line.

    WenzhaiError                the command stops with exit status 1; nothing stored is lost
    ├── ConfigError             config.yaml, or a --set, cannot be used
    ├── PromptError             a prompt file cannot be used
    ├── FileError               a stage file, the glossary, the corrections or the disk
    ├── AnswersError            answers.db cannot be read or written
    ├── SourceError             arXiv returned nothing usable
    │   └── StaleFeed           arXiv served an old feed under a new date
    ├── SendError               a service did not take the digest
    ├── ModelError              the endpoint cannot be used: key, name, address, a spent quota
    │   └── Unanswered          it fails question after question, each on its own; a fallback may answer them
    └── QuestionFailed          one question only; its paper continues without this answer
        ├── NoAnswer            rule no_answer: all tries failed
        ├── Filtered            rule filtered: the provider's content filter refused it
        └── OverBudget          rule budget: the answer could exceed model.max_cost

Every message names its subject first and ends with what to do; none contains a key.
"""

from typing import ClassVar


class WenzhaiError(Exception):
    """Shown to the user as one line."""


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


class Unanswered(ModelError):
    pass


class QuestionFailed(WenzhaiError):
    rule: ClassVar[str]


class NoAnswer(QuestionFailed):
    rule = "no_answer"


class Filtered(QuestionFailed):
    rule = "filtered"


class OverBudget(QuestionFailed):
    rule = "budget"
