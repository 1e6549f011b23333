"""The meaning of providers' error messages, one row a wording; add a row for a new one.

The first row that matches counts, so specific rows come before general ones. faults.py turns a meaning into an error.
"""

from typing import Literal, NamedTuple

Meaning = Literal[
    "filtered",  # the content filter refuses this question
    "too_long",  # this question is longer than the model reads
    "later",  # the quota of hours or days is used up
    "rate",  # too many requests or tokens a minute, or calls at once
    "quota",  # a rate limit, or no money; which one depends on whether other questions are answered
    "money",  # no money
    "key",
    "no_key",  # as "key", where none is set; no row means it, faults.py finds it out
    "access",  # status 403 in unknown words; no row means it
    "region",
    "firewall",  # a page of a firewall or proxy instead of the provider
    "channel",  # a gateway without a provider for this model, or a server without room for it
    "path",  # no model at this address
    "model",  # unknown, or not allowed for this account
    "settings",  # a parameter that this model does not accept
    "busy",  # temporary
    "loading",  # temporary for minutes: the server is loading the model
]


class Row(NamedTuple):
    provider: str
    meaning: Meaning
    words: str
    """Regular expression, in any case, searched in the error's codes ("code=1301") and its message."""
    source: str
    statuses: tuple[int, ...] = ()
    """Only for these HTTP statuses; empty: for any."""


_OPENAI = "https://platform.openai.com/docs/guides/error-codes"
_AZURE = "https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter"
_DEEPSEEK = "https://api-docs.deepseek.com/quick_start/error_codes"
_QWEN = "https://help.aliyun.com/zh/model-studio/error-code"
_ZHIPU = "https://docs.bigmodel.cn/cn/api/api-code"
_KIMI = "https://platform.moonshot.cn/docs/api/chat"
_MINIMAX = "https://platform.minimaxi.com/docs/api-reference/errorcode"
_SILICON = "https://docs.siliconflow.cn/cn/faqs/error-code"
_DOUBAO = "https://www.volcengine.com/docs/82379/1299023"
_BAIDU = "https://cloud.baidu.com/doc/qianfan-docs"
_GEMINI = "https://ai.google.dev/gemini-api/docs/troubleshooting"
_GROQ = "https://console.groq.com/docs/errors"
_OPENROUTER = "https://openrouter.ai/docs/api-reference/errors"
_NEWAPI = "https://github.com/QuantumNous/new-api"
_VLLM = "https://github.com/vllm-project/vllm"
_LLAMACPP = "https://github.com/ggml-org/llama.cpp/tree/master/tools/server"
_OLLAMA = "https://github.com/ollama/ollama/blob/main/docs/openai.md"
_LMSTUDIO = "https://lmstudio.ai/docs/app/api/endpoints/openai"
_LITELLM = "https://docs.litellm.ai/docs/proxy/error_reference"
_XAI = "https://docs.x.ai/docs/guides/debugging"
_GITHUB = "https://docs.github.com/github-models/use-github-models/prototyping-with-ai-models"
_MODELSCOPE = "https://modelscope.cn/docs/model-service/API-Inference/intro"
_TENCENT = "https://cloud.tencent.com/document/product/1729/101843"
_XFYUN = "https://www.xfyun.cn/doc/spark/%E6%8E%A5%E5%8F%A3%E8%AF%B4%E6%98%8E.html"
_FIREWORKS = "https://docs.fireworks.ai/guides/inference-error-codes"
_NVIDIA = "https://docs.api.nvidia.com/nim/docs"
_HF = "https://huggingface.co/docs/inference-providers"
_CLOUDFLARE = "https://developers.cloudflare.com/workers-ai/platform/errors/"
_GUARDRAILS = "https://developers.cloudflare.com/ai-gateway/features/guardrails/"
_MISTRAL = "https://docs.mistral.ai/api/"
_BEDROCK = "https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html"
_COHERE = "https://docs.cohere.com/docs/rate-limits"
_TGI = "https://huggingface.co/docs/text-generation-inference"
_GCP = "https://cloud.google.com/apis/design/errors"
_ANTHROPIC = "https://platform.claude.com/docs/en/api/errors"
_REFUSED = (200, 400, 403, 406, 413, 422, 429, 451, 500)
_OWN = (200, 400, 422, 424)
"""What is about the question; the same words with status 403 may be a firewall's."""
_FORM = (200, 400, 401, 403, 404, 410, 422)

ROWS = (
    # Daily quotas; before the rate limits, whose words these messages contain, too.
    Row("OpenRouter", "later", r"free-models-per-day", _OPENROUTER),
    Row("Zhipu", "later", r"code=(1304|1308|1310)\b", _ZHIPU),
    Row("MiniMax", "later", r"minimax:2056\b", _MINIMAX),
    Row("Xunfei", "later", r"code=(11201|11203)\b", _XFYUN),
    Row("GitHub Models", "later", r"ByDay\b|per 86400 ?s", _GITHUB),
    Row(
        "ModelScope",
        "later",
        r"today'?s (quota|limit)|try again tomorrow|[明今](天|日).{0,8}(再试|上限|额度|用完)",
        _MODELSCOPE,
    ),
    Row("Anthropic", "later", r"regain access|reached your specified .{0,10}usage limit", _ANTHROPIC),
    Row(
        "plans by the hour or week",
        "later",
        r"(5|five)[- ]?hours?.{0,20}limit|(weekly|monthly) usage limit|[5五] ?小时.{0,12}上限",
        _ZHIPU,
    ),
    Row("OpenAI, Groq", "later", r"per day|\b[rt]pd\b|daily (limit|quota)", _GROQ, (429,)),
    Row("Baidu", "later", r"daily request limit", _BAIDU),
    Row("Cohere", "later", r"(calls|requests|tokens) ?(/|per|a) ?(day|week|month)", _COHERE, (429,)),
    Row(
        "Ollama, OpenRouter, Cloudflare",
        "later",
        r"\b(hourly|daily|weekly|monthly)\b(?!.{0,12}spend).{0,24}(limit|quota|allocation|allowance)|\b24.?hours?\b|reset at midnight|limit for this billing|[每当本](周|月).{0,12}(上限|限额|用完|用尽)",
        _CLOUDFLARE,
        (403, 429),
    ),
    Row("Gemini", "later", r"PerDay", _GEMINI, (429,)),
    Row("Chinese gateways", "later", r"(每|当|今|单|本)(日|天).{0,12}(上限|限额|用完|用尽|次数)", _NEWAPI),
    # Like what comes below, but something else.
    Row("Bedrock", "rate", r"throttlingexception|please wait before trying", _BEDROCK),
    Row("Mistral", "rate", r"code=rate_limited", _MISTRAL),
    Row("OpenRouter", "money", r"key limit exceeded \(total", _OPENROUTER),
    # Only this question.
    Row("DeepSeek", "filtered", r"content exists risk", _DEEPSEEK),
    Row("Qwen", "filtered", r"data_?inspection_?failed|inappropriate content", _QWEN),
    Row("Zhipu", "filtered", r"code=1300\b", _ZHIPU),
    Row("Tencent", "filtered", r"illegaldetected|违法违规", _TENCENT),
    Row("Xunfei", "filtered", r"code=(10013|10014|10019)\b", _XFYUN),
    Row("xAI", "filtered", r"violates (the |our )?(usage|content)|safety_check", _XAI),
    Row(
        "StepFun", "filtered", r"censorship|outputted is blocked", "https://platform.stepfun.com/docs/guide/error_code"
    ),
    Row("Zhipu", "filtered", r"code=1301\b|内容可能包含不安全", _ZHIPU),
    Row("Kimi", "filtered", r"considered high risk", _KIMI),
    Row("MiniMax", "filtered", r"minimax:(1026|1027)\b", _MINIMAX),
    Row("Doubao", "filtered", r"sensitivecontentdetected|sensitive information|riskdetection", _DOUBAO),
    Row("Baidu", "filtered", r"code=336104\b|content_illegal|illegal content", _BAIDU),
    Row("Azure", "filtered", r"responsibleaipolicyviolation", _AZURE),
    Row("OpenAI", "filtered", r"content_?(filter|polic)|content management policy|invalid_prompt", _OPENAI),
    Row("OpenRouter", "filtered", r"requires moderation|\bflagged\b", _OPENROUTER),
    Row("Gemini", "filtered", r"prohibited[_ ]content|block_?reason|blocked.{0,20}safety", _GEMINI),
    Row("one-api, new-api", "filtered", r"sensitive[_ ]words|敏感词", _NEWAPI),
    Row(
        "any",
        "filtered",
        r"content (is |was )?(risk|unsafe|violat)|unsafe content|moderation|usage polic",
        _OPENAI,
        _REFUSED,
    ),
    Row(
        "Cloudflare, Anthropic, Bedrock",
        "filtered",
        r"guardrail|blocked due to security|content filtering|(safety|security|content) (system|classifier|check|polic|violation)"
        r"|(safety|policy)_violation|violate (our|the) |harmful|unsafe|\bnsfw\b|risk[_ ]control|risky|(content|prompt|input|pii).{0,16}blocked|content_blocked"
        r"|blocked by (our|the) content|injection detected",
        _GUARDRAILS,
        _OWN,
    ),
    Row("Tencent, Baidu", "filtered", r"违禁|风控|审核|illegaltext|security check", _TENCENT, _OWN),
    Row(
        "any",
        "filtered",
        r"敏感|涉敏|不合规|违规(内容|信息)|不当内容|内容.{0,8}(违规|不合规|安全|风险|审核)|审核(不|未)通过",
        _ZHIPU,
        _REFUSED,
    ),
    Row("OpenAI, vLLM", "too_long", r"context[_ ](length|size|window)", _VLLM, (200, 400, 413, 422, 500)),
    Row("llama.cpp", "too_long", r"exceed_context_size", _LLAMACPP),
    Row("GitHub Models", "too_long", r"tokens_limit_reached", _GITHUB),
    Row("Xunfei", "too_long", r"code=10907\b", _XFYUN),
    Row("Qwen", "too_long", r"range of input length", _QWEN),
    Row("Zhipu", "too_long", r"code=1261\b|超长", _ZHIPU),
    Row("Kimi", "too_long", r"exceeded model token limit", _KIMI),
    Row("MiniMax", "too_long", r"minimax:1039\b.{0,80}(context|too long)|context window exceeds", _MINIMAX),
    Row("SiliconFlow", "too_long", r"max_seq_len|max_total_tokens", _SILICON),
    Row("Gemini", "too_long", r"input token count", _GEMINI),
    Row("Groq, OpenAI", "too_long", r"request too large", _GROQ),
    Row("Hugging Face TGI", "too_long", r"max_new_tokens|must have less than \d+ tokens", _TGI, (422,)),
    Row("Baidu", "too_long", r"code=(336103|336007)\b|(characters|tokens)_too_long|max input characters", _BAIDU),
    Row("nginx", "too_long", r"request entity too large|payload too large", "https://nginx.org/r/client_max_body_size"),
    Row(
        "any",
        "too_long",
        r"(prompt|input|message|text|body|request)s? (is |are )?too (long|large)|(longer|larger) than (the (model|max)|n_ctx)|too many (input |prompt )?tokens|reduce (the|your) (length|"
        r"message|prompt|input)|maximum (allowed )?(number of )?(input |prompt )?(tokens|length)|(input|prompt|context|tokens?|length).{0,40}(exceed|greater than)|exceed.{0,40}(context|length"
        r"|token limit)|context overflow|shorten (the|your)|max[_ ](context|prompt|input|model_len)|string.{0,8}too[ _]long|above_max_length|requested \d+ tokens"
        r"|length \d+ ?>|太长|(超出|超过).{0,8}(上下文|长度)|最大(上下文|输入)|(上下文|输入|长度|文本|字符数?|提示词|tokens? ?数?).{0,12}(超过|超出|超限|过长|最大)",
        _VLLM,
        (200, 400, 413, 422, 500),
    ),
    # Money.
    Row("Kimi", "money", r"exceeded_current_quota_error", _KIMI),
    Row("Qwen", "money", r"arrear|allocationquota\.freetieronly|free quota is used up", _QWEN),
    Row("Zhipu", "money", r"code=(1113|1309)\b", _ZHIPU),
    Row(
        "LiteLLM",
        "money",
        r"budget_?exceeded|exceeded_?budget|budget has been exceeded|exceeded (their|your) budget|crossed budget",
        _LITELLM,
    ),
    Row("Google Cloud", "money", r"billing_disabled|billing is disabled", _GCP),
    Row("Doubao", "money", r"setlimitexceeded|free trial", _DOUBAO),
    Row("Tencent", "money", r"resourcepackexhausted|资源包.{0,8}(用尽|用完|不足)", _TENCENT),
    Row("xAI, Fireworks", "money", r"used all available credits|spending limit", _FIREWORKS),
    Row("Gemini", "money", r"quota exceeded.{0,200}limit: 0\b", _GEMINI, (429,)),
    Row("PPIO", "money", r"not[_ ]enough[_ ](balance|credit|quota)", "https://ppio.com/docs/model/llm-errorcode"),
    Row("MiniMax", "money", r"minimax:1008\b", _MINIMAX),
    Row(
        "DeepSeek, SiliconFlow", "money", r"insufficient.{0,9}(balance|credit|fund)|balance is insufficient", _DEEPSEEK
    ),
    Row("OpenAI", "money", r"billing_(hard_limit|not_active)", _OPENAI),
    Row(
        "one-api, new-api",
        "money",
        r"insufficient_user_quota|pre_?-?consume|预扣费|(用户|令牌)?(额度|余额|配额)(不足|已?用尽|已?用完)",
        _NEWAPI,
    ),
    Row(
        "any",
        "money",
        # Messages about a rate limit advise to add a payment method or to upgrade, so neither shows that money lacks.
        r"overdue|欠费|(余额|额度).{0,6}(不足|用尽|用完|耗尽)|payment required|请充值|please recharge|past due|good standing"
        r"|(out of|no|not enough|exhausted|used up) (your |the |all )?(available )?(credit|fund|balance)(?!s? (was|were))"
        r"|(credit|fund|balance)s? ?(is |are |has been |have been |was )?(exhausted|depleted|used up|spent|negative|too low|not enough)"
        r"|(spend|spending|billing)[ _](hard )?(limit|cap)|(trial|free) (quota|credit|usage).{0,12}(used up|exhausted|expired)"
        r"|no quota left|(buy|purchase) more (credits|tokens|quota)|included usage.{0,12}consumed|(subscription|plan|套餐).{0,12}(expired|ended|过期|到期)",
        _DEEPSEEK,
    ),
    # The minute's quota.
    Row("OpenAI, Qwen", "quota", r"insufficient.{0,9}quota|exceeded your current quota", _QWEN),
    Row("MiniMax", "rate", r"minimax:(1002|1039|1041|2045)\b", _MINIMAX),
    Row("Qwen", "rate", r"throttling|limit_burst_rate|limit_requests|allocated quota exceeded", _QWEN),
    Row("Zhipu", "rate", r"code=(1302|1303|1305)\b|访问量过大", _ZHIPU),
    Row(
        "any",
        "rate",
        r"rate[_ -]?limit|too many (concurrent )?requests|速率限制|请求(过于|太)频繁|requests? (per|rate)",
        _OPENAI,
    ),
    Row(
        "Baidu, Tencent, Xunfei",
        "rate",
        r"request ?limit|^limit exceeded|\bqp[sm]\b|slow down|too frequent|freq limit|(秒级|并发|流量|频率|次数).{0,8}(流控|限制|受限|超限|超过)|限频|限流|请求过快|at high load|容量不足",
        _BAIDU,
        (200, 400, 403, 503),
    ),
    # The endpoint.
    Row("one-api, new-api", "channel", r"无可用渠道|no available channels?", _NEWAPI),
    Row("new-api", "channel", r"model_price_error", _NEWAPI),
    Row("Ollama", "channel", r"requires more system memory", _OLLAMA),
    Row(
        "llama.cpp, Hugging Face, Bedrock",
        "loading",
        r"loading model|model.{0,80} (is )?(currently |still )?loading|正在加载|warming up|modelnotready|not ready for inference",
        _LLAMACPP,
        (200, 400, 404, 429, 503),
    ),
    Row(
        "any",
        "busy",
        r"overload|too busy|is busy|temporarily|try again later|负载|繁忙|器忙|暂时不可用|(稍后再?|请)重?试|over capacity|capacity_exceeded"
        r"|upstream (error|timeout|idle|connect|service)|do request failed|bad response status code 5|context canceled"
        r"|timed? ?out|connection reset|no healthy upstream|上游|^eof$|service unavailable|unexpected error|internal (server |service )?error",
        _SILICON,
        (200, 400, 403, 404, 498),
    ),
    Row(
        "one-api, Express, Gin, LM Studio",
        "path",
        r"invalid url|cannot post|404 page not found|unexpected endpoint",
        _NEWAPI,
    ),
    Row("httpx", "path", r"exceeded maximum allowed redirects", "https://www.python-httpx.org/exceptions/"),
    Row("FastAPI, Spring", "path", r"method not (allowed|supported)", _VLLM, (404, 405)),
    Row("Zhipu", "key", r"code=(1000|1001|1002|1003|1004|1110|1111|1112)\b", _ZHIPU),
    Row("Zhipu", "model", r"code=(1211|1212|1220|1221|1222|1311)\b", _ZHIPU),
    Row("Xunfei", "model", r"code=11200\b", _XFYUN),
    Row("MiniMax", "model", r"minimax:2061\b", _MINIMAX),
    Row("OpenRouter", "model", r"no (endpoints|allowed providers)", _OPENROUTER),
    Row("Azure", "model", r"deploymentnotfound|deployment.{0,40}does not exist", _AZURE),
    Row("Doubao", "model", r"modelnotopen|has not activated", _DOUBAO),
    Row("SiliconFlow", "model", r"model disabled|实名", _SILICON),
    Row("Qwen", "model", r"model\.accessdenied|access to model denied", _QWEN),
    Row("Kimi", "model", r"not found the model", _KIMI),
    Row("Groq", "model", r"decommissioned|model_(deprecated|retired)", _GROQ),
    Row("OpenAI", "model", r"not a chat model|(only|not).{0,20}supported in (the )?v1/", _OPENAI),
    Row("NVIDIA", "model", r"function.{0,60}not found", _NVIDIA),
    Row("Hugging Face", "model", r"not supported by any provider", _HF),
    Row("Ollama", "model", r"does not support (chat|generate|completion)", _OLLAMA),
    Row("Baidu", "model", r"no permission.{0,20}model", _BAIDU),
    Row("Groq", "region", r"check your network settings", _GROQ),
    Row("one-api, new-api", "model", r"无权访问模型|no access to model", _NEWAPI),
    Row("OpenAI", "region", r"country, region|unsupported_country", _OPENAI),
    Row("Gemini", "region", r"user location is not supported", _GEMINI),
    Row(
        "any",
        "region",
        r"(not available in|from) your (location|country|region)|unsupported (country|region)|(country|region) is not supported|(地区|区域).{0,8}不(支持|可用)",
        _GEMINI,
    ),
    Row(
        "Cloudflare",
        "firewall",
        r"just a moment|error code: 10\d\d|cloudflare|captcha|attention required|challenge-platform|\bwaf\b|modsecurity|(you|ip) ha(ve|s) been blocked",
        _OPENROUTER,
        (200, 400, 401, 403, 404, 405, 406, 418, 422),
    ),
    Row("Gemini", "key", r"api_key_invalid|api key not valid|service_disabled|reported as leaked", _GEMINI),
    Row(
        "Groq, new-api",
        "key",
        r"(organization|account|用户|账户|账号).{0,20}(restricted|deactivated|封禁|锁定|冻结)",
        _GROQ,
    ),
    Row("MiniMax", "key", r"minimax:(1004|2049)\b", _MINIMAX),
    Row("one-api, new-api", "key", r"令牌.{0,8}(过期|无效|禁用|不存在|不可用)|无效的令牌", _NEWAPI),
    Row(
        "any",
        "key",
        r"(invalid|incorrect|wrong|expired|missing).{0,12}(api.?key|(?<!of )token)|api.?key.{0,20}(invalid|expired|disabled|revoked)",
        _OPENAI,
    ),
    Row(
        "Baidu, Tencent",
        "key",
        r"access token|authorization|authentication|(un|not )authori[sz]ed|not authenticated|authfailure|密钥|鉴权|请先登录|api.?key|invalid credential|signature",
        _BAIDU,
        (200, 400, 403),
    ),
    Row("LM Studio", "model", r"no models? loaded", _LMSTUDIO),
    Row("Ollama, vLLM", "model", r"model.{0,80}(not found|does not exist|not exist)", _OLLAMA),
    Row("LiteLLM", "model", r"not allowed to access model|no healthy deployments", _LITELLM),
    Row("Bedrock", "model", r"on-demand throughput|model identifier|access to the model", _BEDROCK),
    Row("Cloudflare", "path", r"no route", _CLOUDFLARE, (400, 404)),
    Row(
        "any",
        "model",
        r"model_not_(found|supported)|(unknown|invalid|unsupported|no such|not a valid)[ _]model|模型.{0,24}(不存在|未开通|下线|下架|有误)|(不支持|无效)的模型"
        r"|model_not_available|taken offline|model requires|(没有|无)权限.{0,8}模型|model.{0,40}(is |has been )(invalid|unavailable|offline|retired|deprecated|not (supported|available|valid))"
        r"|access (to|is).{0,20}model|model access|model is (required|empty)",
        _OPENAI,
        _FORM,
    ),
    Row(
        "any",
        "money",
        r"\b(credits?|balance|funds|invoices?|payment|billing|wallet)\b|out_of_credits|non-payment|余额|额度|(积分|点数|金额)不足|remain(ing)? quota|停机|付费|续费"
        r"|(trial|试用).{0,12}(ended|expired|over|结束|到期)",
        _DEEPSEEK,
        (200, 400, 401, 403, 412),
    ),
    Row(
        "any",
        "settings",
        r"temperature|top_p|max_(completion_)?tokens|completion tokens|thinking|reasoning|\bstream|system (role|message)|response_format"
        r"|(unknown|unrecognized|unsupported|extra|unexpected|invalid).{0,12}(param|field|argument|input|value)|additional properties|不支持的参数"
        r"|(property|parameter).{0,20}(unsupported|not supported)",
        _OPENAI,
        (200, 400, 422),
    ),
)
