"""Wenzhai: an arXiv announcement day in, a Chinese digest a researcher can trust out.

    cli/              what people type, a file a subject; how it is shown and how it ends
    commands/         what each command but run does: plan status doctor redo send, prompts (workbench, trial)
    run/              the stage table and the loop; a day at work, all days in one line, a day's files, all days' pages
    stages/           fetch summarize translate validate assemble: one public function each, pure
    sources/          arXiv, each way of reading it: feed, api, jsonl
    asking/           what to ask (context, prompts, glossary, pieces, questions), what was answered (answers), how far
                      that has got (resolve), and the asking itself (ask, batched)
    model/            who answers, how fast, after how many tries: client, pace, batch, local, langchain, tokens
    rules/            every check on a field, one table; used by repair and by validate
    render/           a day as digest.md, .html, .json, .bib; all days as index.html and feed.xml: two tables
    text/             what English and Chinese consist of: protected spans, sentences, text-LaTeX, terms
    records.py config.py errors.py ledger.py    the words everybody uses; fates and how they add up
    files.py          the only hand on the disk, but for answers.db
    watch.py log.py   what the person watching sees, and what is kept to find out why

Imports go one way: cli → commands → run → stages → tools → vocabulary; tests/test_architecture.py holds them to it.
"""
