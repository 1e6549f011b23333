"""arXiv, each way of reading it: the daily feed, the query API, a file of papers.

connection   when arXiv may be asked, what is asked again, what stops the run   (home of requests)
atom         what an answer of arXiv must look like, and the fields all have    (home of lxml)
schedule     which submissions are announced on which day, weekends and holidays
feed api jsonl   one Announcement each; everything a user can meet is a SourceError or a FileError
"""
