"""arXiv, one file for each way to read it: the daily feed, the query API, a file of papers.

table            SOURCES, one row a source; a new source is a file and a row
source           the type of a row, and the request to a source
feed api jsonl   one source each: reads the announcement of a day, lists its days, probes
connection       HTTP to arXiv: rate limit, retries, timeouts, size limits
response         a response, the checks on it, and excerpts for error messages
atom             parses Atom responses; makes papers and failures of their entries
schedule         arXiv's calendar: which submissions are announced on which day, weekends and holidays

The functions of a source raise SourceError, FileError or ConfigError. Heavy libraries are imported when they are
needed.
"""
