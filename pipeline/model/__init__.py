"""Sends questions to a model: providers, rate limits, timeouts, retries, errors.

connection     opens a connection to a model, made from the modules below
providers      the table of providers
retry          retries, and when to give up the endpoint                   uses tenacity
own_faults     whether a failure is a question's own; pure
start          the first questions: few at once until one is answered
calls          one call: concurrency slot, rate limit, timeout, 429s
rate_limiter   when the next request may be sent; pure
quota          one limit, configured or learned: buckets and windows; pure
slots          how many calls may be in flight
deadline       the timeout of a call, learned from latencies
client         HTTP to any OpenAI-compatible endpoint                      uses openai
request        the request body, adapted to what an endpoint refuses; pure
address        parses and checks base_url; pure
batch_api      many questions as one file, at half the price               uses openai
langchain      any provider that LangChain supports                        uses langchain
local          the embedded model as one more endpoint                     uses xllamacpp
cluster        any of these on the workers of a Ray cluster                uses ray
faults         what an error means, with fault_table (one row a wording); pure
replies        parses responses; pure
tokens         counts or guesses the tokens of a text                      uses tiktoken
meter          requests and tokens of a run so far
throttled_log  log lines about retries and waits, at most one in ten seconds
"""
