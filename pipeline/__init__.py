"""Wenzhai turns an arXiv announcement day into a Chinese digest that a researcher can trust.

    cli/              the command line: options, printed results, errors as one line, exit status
    commands/         what each command does, except run: init plan status show verify doctor redo send prune,
                      mcp (assistant), prompts (workbench, trial), review --exam (exam)
    run/              the days, the queue of papers, the files of a day, those of all days and digests, fingerprints
    stages/           the table of stages, and a pure function for each: fetch, texts (summarize, translate), review,
                      validate, assemble
    asking/           what to ask: context, prompts, glossary, redos, segments, questions;
                      what was answered: rows, answers, schema, receipts; how far that has got: resolve;
                      the second reader: claims (its question and answer), review (what becomes of them);
                      both together: states;
                      the asking itself: ask, saving, beside (judges meanwhile), batch_first, budget; also estimate (plan), drift (glossary suggest)
    config.py         config.yaml: read, and checked against the tables
    sources/          arXiv, one file for each way to read it: feed, api, jsonl
    model/            the model: providers, retries, rate limits, timeouts, batches, tokens
    rules/            every check on a field, in one table; used during asking and by validate
    render/           a day as digest.md, .html, .json, .bib; all days as index.html, feed.xml, search, notes
    text/             what English and Chinese texts consist of: protected spans, sentences, text-LaTeX, terms
    written.py        reads what people write: encodings, YAML, slips of the keyboard
    corrections.py    texts that a person wrote
    ledger.py         published, flagged, failed or excluded, and that the counts add up
    files.py          where files are, atomic writes, JSON Lines
    watch.py log.py   progress on the terminal; the log file
    settings.py       the sections of config.yaml
    keys.py           .env beside config.yaml
    presets.py        the table of services that init knows: address, thinking switch, example prices
    processes.py      processes beside this one, and their end
    garbage.py        how often Python looks for cyclic garbage
    extras.py         how to install what an optional part needs
    retry_after.py    the header of that name
    records.py        the records that all packages share
    fields.py         the table of fields that a model writes
    errors.py         every exception that reaches a caller outside its package

Imports go one way, each only to packages below: cli, commands, run, stages, asking, config, then sources, model,
render and watch, then rules, then the rest. LAYERS in tests/test_architecture.py has the exact order and checks it.
"""
