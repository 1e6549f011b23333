"""`wenzhai prompts … | glossary …`: check, show and try prompt files; suggest glossary terms."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.endings import STOPPED, configured, explained
from pipeline.cli.options import DateOption, DigestOption, TaskArgument, TaskOption, dates_of, request_of

if TYPE_CHECKING:
    from pipeline.commands.trial import Written

app = typer.Typer(
    help="Check, show and try prompt files before a whole day is paid for.\n\n"
    "Example: wenzhai prompts try summarize --prompt prompts/styles/plain.md",
    no_args_is_help=True,
)
glossary = typer.Typer(
    help="The terms of prompts/glossary.yaml.\n\nExample: wenzhai glossary suggest", no_args_is_help=True
)

PaperOption = Annotated[list[str] | None, typer.Option("--paper", metavar="ID", help="This paper; may be given twice.")]
PapersOption = Annotated[
    int, typer.Option("--papers", metavar="N", min=1, help="The first N papers of the newest day.")
]
PromptOption = Annotated[
    Path | None, typer.Option("--prompt", metavar="FILE", help="This file instead of the config's.")
]


@app.command("check")
def check_command(context: typer.Context) -> None:
    """Checks variables, headings, examples, and tokens against the config's limits; asks nothing.

    Example: wenzhai --set summarize.prompt=prompts/styles/plain.md prompts check
    """
    with configured(context) as config:
        from pipeline.cli.lines import put
        from pipeline.commands.workbench import check

        findings = list(check(config))
        for finding in findings:
            put(f"{finding.grade:4} ", finding.told)
    raise typer.Exit(STOPPED if any(finding.grade == "FAIL" for finding in findings) else 0)


@app.command("show")
def show_command(
    context: typer.Context,
    task: TaskArgument,
    paper: PaperOption = None,
    prompt: PromptOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """The exact messages that would be sent for a paper; without --paper for an invented one.

    Example: wenzhai prompts show summarize --prompt prompts/styles/plain.md
    """
    request = request_of((task,), digest, dates_of(date))
    with configured(context) as config:
        from pipeline.commands.workbench import chosen, questions, sample, with_prompt
        from pipeline.text.visible import visible

        config = with_prompt(config, task, prompt)
        for each in [found for _, found in chosen(config, request, paper, 0)] if paper else [sample()]:
            for question in questions(config, task, each):
                for message in question.messages:
                    typer.echo(f"── {question.subject} · {message.role}\n{visible(message.content)}\n")


@app.command("try")
def try_command(
    context: typer.Context,
    task: TaskArgument,
    prompt: PromptOption = None,
    papers: PapersOption = 3,
    paper: PaperOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """Asks for a few papers with a prompt, and shows the texts beside the current ones; stores answers, but no digest.

    Example: wenzhai prompts try summarize --prompt prompts/styles/plain.md
    """
    request = request_of((task,), digest, dates_of(date))
    with configured(context) as config:
        from pipeline.commands.trial import standing, write
        from pipeline.commands.workbench import chosen, with_prompt
        from pipeline.watch import Watch

        tried = with_prompt(config, task, prompt)
        pairs = chosen(config, request, paper or (), papers)
        new = write(tried, task, [each for _, each in pairs], Watch())
        _show({"now": standing(config, task, pairs), "tried": new}, config.model.price.currency)


@app.command("compare")
def compare_command(
    context: typer.Context,
    first: Annotated[Path, typer.Argument(metavar="A", help="A prompt file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    task: TaskOption = "summarize",
    papers: PapersOption = 5,
    paper: PaperOption = None,
    digest: DigestOption = None,
    date: DateOption = None,
) -> None:
    """The same papers with two prompt files: texts, checks, lengths, tokens, cost; stores the answers.

    Example: wenzhai prompts compare prompts/summarize.md prompts/styles/bullets.md
    """
    request = request_of((task,), digest, dates_of(date))
    with configured(context) as config:
        from pipeline.commands.trial import write
        from pipeline.commands.workbench import chosen, with_prompt
        from pipeline.watch import Watch

        pairs = chosen(config, request, paper or (), papers)
        names = ("A", "B") if first.stem == second.stem else (first.stem, second.stem)
        written = [
            write(with_prompt(config, task, path), task, [each for _, each in pairs], Watch())
            for path in (first, second)
        ]
        _show(dict(zip(names, written, strict=True)), config.model.price.currency)


@app.command("styles")
def styles_command() -> None:
    """The styles of summaries that ship with Wenzhai.

    Example: wenzhai prompts styles
    """
    with explained():
        from pipeline.cli.lines import put
        from pipeline.commands.workbench import styles

        for path, told in styles():
            put(f"{path.stem:10} ", f"{path}\n{told}")


@glossary.command("suggest")
def suggest_command(
    context: typer.Context,
    papers: Annotated[
        int, typer.Option("--papers", metavar="N", min=2, help="Only terms of so many papers or more.")
    ] = 5,
) -> None:
    """Terms that the digests so far render in more than one way: candidates for a glossary row.

    Example: wenzhai glossary suggest --papers 3
    """
    with configured(context) as config:
        from pipeline.asking.drift import sample, suggest
        from pipeline.asking.glossary import load_glossary
        from pipeline.cli.lines import put
        from pipeline.run.day import translated_abstracts

        pairs, more = sample(translated_abstracts(config))
        found = suggest(pairs, load_glossary(config.glossary), papers)
        for term in found:
            renderings = "、".join(f"{text} ×{count}" for text, count in term.renderings)
            put(f"{term.english}: ", f"{renderings} ({term.papers} papers)")
        if not found:
            typer.echo("no term with competing renderings in the digests so far")
        if more:
            typer.echo(f"counted in {len(pairs):,} papers, spread evenly over all there are")


def _show(sides: "dict[str, list[Written]]", currency: str) -> None:
    from rich.console import Console

    from pipeline.cli.lines import columns
    from pipeline.cli.trial_page import trial_page

    Console(highlight=False).print(trial_page(sides, currency, columns()), soft_wrap=True)
