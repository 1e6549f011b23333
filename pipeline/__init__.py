"""Wenzhai: an arXiv announcement day in, a Chinese digest a researcher can trust out.

    cli/              what people type, a file a subject; how it is shown and how it ends
    run.py plan.py    the stage table and the loop; what a run would ask
    day.py queue.py writing.py    a day at work; all days in one line; a day's files
    stages/           fetch summarize translate validate assemble: one public function each, pure
    sources/          arXiv, each way of reading it: feed, api, jsonl
    asking/           what to ask (brief, prompts, glossary, pieces, questions), what was answered (answers), how far
                      that has got (settle), and the asking itself (ask, batched)
    model/            who answers, how fast, after how many tries: client, pace, batch, local, langchain, tokens
    rules/            every check on a field, one table; used by repair and by validate
    render/           a day as digest.md, .html, .json, .bib; all days as index.html and feed.xml: two tables
    text/             what English and Chinese consist of: protected spans, sentences, text-LaTeX, terms
    models.py config.py errors.py ledger.py    the words everybody uses; fates and how they add up
    files.py          the only hand on the disk, but for answers.db
    send.py           the day's one-liners to chat services and mailboxes
    workbench.py trial.py redo.py              prompt files looked at, tried on a few papers; one field written anew
    watch.py status.py doctor.py               what a person sees

Imports go one way: cli → run → stages → tools → vocabulary; tests/test_architecture.py holds them to it.
"""
