"""arXiv, each way of reading it: the daily feed, the query API, a file of papers.

table        SOURCES, one row a source; a new source is its file and its row
source       what a row says, and what is asked of a source
feed api jsonl   one file a source: its Announcement of a day, its days, its probe
connection   when arXiv may be asked, what is asked again, what stops the run, how large an answer may be   (home of requests)
response     an answer before anybody has looked into it, and words of it for one line of a message
atom         what an Atom answer of arXiv must look like, and what is no paper in it   (home of lxml)
schedule     which submissions are announced on which day, weekends and holidays

Whatever a user can meet is a SourceError, a FileError or a ConfigError. Nothing heavy is loaded before something is read.
"""
