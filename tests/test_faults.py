"""What providers say and what it means: one message of each kind, as providers and gateways word it."""

import re

import pytest

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model.error_body import words_of
from pipeline.model.fault_table import ROWS
from pipeline.model.faults import (
    CallFailed,
    Endpoint,
    Refused,
    TooFast,
    fault_of,
    meaning_of,
)

ENDPOINT = Endpoint("m", "http://127.0.0.1:1/v1", "OPENAI_API_KEY", "none")
SAID = [
    (
        429,
        {
            "error": {
                "message": "当前分组上游负载已饱和，请稍后再试",
                "type": "upstream_error",
                "code": "bad_response_status_code",
            }
        },
        "rate",
    ),
    (
        400,
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "message": "You have reached your specified API usage limits. You will regain access on 2026-09-01 at 00:00 UTC.",
            },
        },
        "later",
    ),
    (
        400,
        {
            "error": {
                "message": "Budget has been exceeded! Current cost: 76.16, Max budget: 10.0",
                "type": "budget_exceeded",
                "code": "400",
            }
        },
        "money",
    ),
    (
        429,
        {
            "error": {
                "message": "No deployments available - crossed budget: Exceeded budget for deployment model_name: xxx",
                "code": "429",
            }
        },
        "money",
    ),
    (
        429,
        {
            "error": {
                "message": "No deployments available for selected model, Try again in 60 seconds. Passed model=x",
                "code": "429",
            }
        },
        "rate",
    ),
    (
        404,
        {
            "error": {
                "message": "No endpoints found matching your data policy. Enable prompt training here: https://openrouter.ai/settings/privacy",
                "code": 404,
            }
        },
        "model",
    ),
    (404, {"error": {"message": "No allowed providers are available for the selected model.", "code": 404}}, "model"),
    (
        402,
        {
            "error": {
                "message": "This request requires more credits, or fewer max_tokens. You requested up to 225702 tokens, but can only afford 92985.",
                "code": 402,
            }
        },
        "money",
    ),
    (
        404,
        {
            "error": {
                "code": "DeploymentNotFound",
                "message": "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
            }
        },
        "model",
    ),
    (
        401,
        {"error": {"code": "401", "message": "Access denied due to invalid subscription key or wrong API endpoint."}},
        "key",
    ),
    (
        429,
        {
            "error": {
                "code": "429",
                "message": "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current pricing tier. Please retry after 26 seconds.",
            }
        },
        "rate",
    ),
    (
        429,
        {
            "error": {
                "message": "Your account org-x <ak-0123456789abcdef> is suspended due to insufficient balance, please recharge your account or check your plan and billing details",
                "type": "exceeded_current_quota_error",
            }
        },
        "money",
    ),
    (403, {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}, "money"),
    (403, {"code": 30003, "message": "Model disabled.", "data": None}, "model"),
    (403, {"code": 30011, "message": "该模型需要实名认证后才能使用", "data": None}, "model"),
    (
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro",
                    "status": "RESOURCE_EXHAUSTED",
                }
            }
        ],
        "money",
    ),
    (
        403,
        [
            {
                "error": {
                    "code": 403,
                    "message": "Generative Language API has not been used in project 1 before or it is disabled.",
                    "status": "PERMISSION_DENIED",
                    "details": [{"reason": "SERVICE_DISABLED"}],
                }
            }
        ],
        "key",
    ),
    (
        403,
        [
            {
                "error": {
                    "code": 403,
                    "message": "Your API key was reported as leaked. Please use another API key.",
                    "status": "PERMISSION_DENIED",
                }
            }
        ],
        "key",
    ),
    (
        404,
        [
            {
                "error": {
                    "code": 404,
                    "message": "models/gemini-x is not found for API version v1beta, or is not supported for generateContent.",
                    "status": "NOT_FOUND",
                }
            }
        ],
        "model",
    ),
    (
        400,
        {
            "error": {
                "message": "The model `llama-x` has been decommissioned and is no longer supported.",
                "type": "invalid_request_error",
                "code": "model_decommissioned",
            }
        },
        "model",
    ),
    (
        400,
        {
            "error": {
                "message": "Organization has been restricted. Please reach out to support",
                "type": "invalid_request_error",
                "code": "organization_restricted",
            }
        },
        "key",
    ),
    (403, {"error": {"message": "Access denied. Please check your network settings."}}, "region"),
    (
        404,
        {
            "error": {
                "message": "This model is only supported in v1/responses and not in v1/chat/completions.",
                "type": "invalid_request_error",
            }
        },
        "model",
    ),
    (
        400,
        {"error": {"message": "Model Not Exist", "type": "invalid_request_error", "code": "invalid_request_error"}},
        "model",
    ),
    (
        401,
        {"error": {"code": "1002", "message": "Authorization Token非法，请确认Authorization Token正确传递。"}},
        "key",
    ),
    (429, {"error": {"code": "1112", "message": "您的账户已被锁定，请联系客服解锁"}}, "key"),
    (429, {"error": {"code": "1113", "message": "余额不足或无可用资源包,请充值。"}}, "money"),
    (429, {"error": {"code": "1309", "message": "您的GLM Coding Plan套餐已到期，暂无法使用，请续订"}}, "money"),
    (
        429,
        {"error": {"code": "1308", "message": "已达到 5 小时的使用上限。您的限额将在 2026-11-25 20:00:00 重置。"}},
        "later",
    ),
    (400, {"error": {"code": "1211", "message": "模型不存在，请检查模型代码。"}}, "model"),
    (429, {"error": {"code": "1311", "message": "当前订阅套餐暂未开放GLM-5权限"}}, "model"),
    (400, {"error": {"code": "1300", "message": "API 调用被策略阻止"}}, "filtered"),
    (
        404,
        {"error": {"message": "Not found the model kimi-x or Permission denied", "type": "resource_not_found_error"}},
        "model",
    ),
    (
        429,
        {
            "error": {
                "message": "The engine is currently overloaded, please try again later",
                "type": "engine_overloaded_error",
            }
        },
        "rate",
    ),
    (
        200,
        {
            "base_resp": {"status_code": 2056, "status_msg": "usage limit exceeded, 5-hour usage limit reached"},
            "choices": None,
        },
        "later",
    ),
    (
        200,
        {
            "base_resp": {"status_code": 2061, "status_msg": "your current token plan not support model"},
            "choices": None,
        },
        "model",
    ),
    (200, {"base_resp": {"status_code": 1041, "status_msg": "conn limit"}, "choices": None}, "rate"),
    (
        403,
        {
            "error": {
                "code": "AccountOverdueError",
                "message": "The request failed because your account has an overdue balance.",
            }
        },
        "money",
    ),
    (
        404,
        {
            "error": {
                "code": "ModelNotOpen",
                "message": "Your account 2100 has not activated the model doubao-x. Please activate the model service in the Ark Console.",
            }
        },
        "model",
    ),
    (
        429,
        {
            "error": {
                "code": "SetLimitExceeded",
                "message": 'Your account 210 has reached the set inference limit for the [doubao] model, and the model service has been paused. To continue, visit the Model Activation page to adjust or close the "Safe Experience Mode".',
            }
        },
        "money",
    ),
    (429, {"error": {"code": "QuotaExceeded", "message": "Your account has exhausted its free trial quota"}}, "money"),
    (
        429,
        {
            "error": {
                "code": "ServerOverloaded",
                "message": "The service is currently unable to handle additional requests due to server overload.",
            }
        },
        "rate",
    ),
    (
        403,
        {
            "error": {
                "code": "access_denied",
                "message": "No permission to use the model",
                "type": "invalid_request_error",
            }
        },
        "model",
    ),
    (
        400,
        {"error": {"message": "资源包余量已用尽，请购买资源包或开通后付费", "type": "runtime_error", "code": "2003"}},
        "money",
    ),
    (
        400,
        {"error": {"message": "输入的文本包含违法违规信息", "code": "OperationDenied.TextIllegalDetected"}},
        "filtered",
    ),
    (429, {"error": {"message": "RequestLimitExceeded", "code": "RequestLimitExceeded"}}, "rate"),
    (500, {"error": {"message": "AppIdQpsOverFlowError", "code": "11202"}}, "busy"),
    (200, {"code": 10013, "message": "输入内容审核不通过，涉嫌违规，请重新调整输入内容"}, "filtered"),
    (
        451,
        {
            "error": {
                "message": "The content you provided or machine outputted is blocked.",
                "type": "censorship_blocked",
            }
        },
        "filtered",
    ),
    (
        403,
        {
            "code": "The caller does not have permission",
            "error": "Content violates usage guidelines. Team: x, API key ID: y, Model: grok, Failed check: SAFETY_CHECK_TYPE_BIO",
        },
        "filtered",
    ),
    (
        403,
        {
            "code": "Some resource has been exhausted",
            "error": "Your team has either used all available credits or reached its monthly spending limit. To continue, purchase more credits.",
        },
        "money",
    ),
    (
        429,
        {
            "code": "Some resource has been exhausted",
            "error": "Your team x has either used all available credits or reached its monthly spending limit.",
        },
        "money",
    ),
    (
        412,
        {
            "error": {
                "message": "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices."
            }
        },
        "money",
    ),
    (
        400,
        {
            "error": {
                "message": "The requested model 'x' is not supported by any provider you have enabled.",
                "code": "model_not_supported",
            }
        },
        "model",
    ),
    (
        500,
        {
            "error": {
                "message": "model requires more system memory (8.0 GiB) than is available (3.1 GiB)",
                "type": "api_error",
            }
        },
        "channel",
    ),
    (400, {"error": {"message": '"nomic-embed-text" does not support chat', "type": "invalid_request_error"}}, "model"),
    (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "loading"),
    (503, {"error": "Model Qwen/Qwen3 is currently loading", "estimated_time": 20.0}, "loading"),
    (200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}, "path"),
    (404, {"error": {"message": "Invalid URL (POST /chat/completions)", "type": "invalid_request_error"}}, "path"),
    (404, "404 page not found", "path"),
    (405, {"detail": "Method Not Allowed"}, "path"),
    (403, "error code: 1020", "firewall"),
    (
        405,
        "<!doctype html><html><title>405</title>Sorry, your request has been blocked as it may cause potential threats to the server's security.</html>",
        "firewall",
    ),
    (
        403,
        {
            "error": {
                "message": "用户额度不足, 剩余额度: ＄0.000000",
                "type": "new_api_error",
                "code": "insufficient_user_quota",
            }
        },
        "money",
    ),
    (
        403,
        {
            "error": {
                "message": "预扣费额度失败, 用户剩余额度: ＄0.1, 需要预扣费额度: ＄0.2",
                "type": "new_api_error",
                "code": "insufficient_user_quota",
            }
        },
        "money",
    ),
    (403, {"error": {"message": "该用户已被封禁", "type": "new_api_error"}}, "key"),
    (
        500,
        {
            "error": {
                "message": "模型 sim 价格未配置，请联系管理员设置",
                "type": "new_api_error",
                "code": "model_price_error",
            }
        },
        "channel",
    ),
    (
        503,
        {"error": {"message": "No available channel for model x under group default", "type": "new_api_error"}},
        "channel",
    ),
    (
        429,
        {
            "error": {
                "code": "RateLimitReached",
                "message": "Rate limit of 150 per 86400s exceeded for UserByModelByDay. Please wait 43020 seconds before retrying.",
            }
        },
        "later",
    ),
    (
        413,
        {
            "error": {
                "code": "tokens_limit_reached",
                "message": "Request body too large for gpt-x model. Max size: 8000 tokens.",
            }
        },
        "too_long",
    ),
    (404, {"status": 404, "title": "Not Found", "detail": "Function 'a-b': Not found for account 'x'"}, "model"),
    (
        429,
        {
            "errors": {"message": "You have exceeded today's quota for model Qwen/Qwen3, please try again tomorrow"},
            "request_id": "x",
        },
        "later",
    ),
    (401, {"errors": {"message": "Please bind your Alibaba Cloud account before use."}}, "key"),
    (403, {"code": 403, "reason": "NOT_ENOUGH_BALANCE", "message": "not enough balance", "metadata": {}}, "money"),
    (429, {"status": 429, "title": "Too Many Requests"}, "rate"),
    (429, {"message": "Request was rejected due to rate limiting. Details: TPM limit reached.", "data": None}, "rate"),
    (
        403,
        {
            "error": {
                "message": "Access to model denied. Please make sure you are eligible for using the model.",
                "type": "Model.AccessDenied",
                "code": "Model.AccessDenied",
            }
        },
        "model",
    ),
    (
        400,
        {
            "error": {
                "message": "Access denied, please make sure your account is in good standing.",
                "type": "Arrearage",
                "code": "Arrearage",
            }
        },
        "money",
    ),
    (
        429,
        {
            "error": {
                "message": "hour allocated quota exceeded",
                "type": "insufficient_quota",
                "code": "insufficient_quota",
            }
        },
        "quota",
    ),
    (
        400,
        {
            "error": {
                "message": "<400> InternalError.Algo.DataInspectionFailed: Input data may contain inappropriate content.",
                "code": "data_inspection_failed",
            }
        },
        "filtered",
    ),
    (
        400,
        {"error": {"message": "Output data may contain inappropriate content.", "code": "DataInspectionFailed"}},
        "filtered",
    ),
    (
        400,
        {
            "error": {
                "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
                "code": "content_filter",
                "innererror": {"code": "ResponsibleAIPolicyViolation"},
            }
        },
        "filtered",
    ),
    (
        403,
        {
            "error": {
                "message": "Input flagged by moderation: violence",
                "code": 403,
                "metadata": {"reasons": ["violence"], "flagged_input": "x"},
            }
        },
        "filtered",
    ),
    (
        502,
        {
            "error": {
                "message": "Provider returned error",
                "code": 502,
                "metadata": {"raw": "ERROR", "provider_name": "X"},
            }
        },
        "busy",
    ),
    (
        400,
        {
            "error": {
                "message": "Provider returned error",
                "code": 400,
                "metadata": {
                    "raw": '{"error":{"message":"This model\'s maximum context length is 4096 tokens"}}',
                    "provider_name": "X",
                },
            }
        },
        "too_long",
    ),
    (400, {"error": {"message": "该内容涉及敏感信息，无法处理", "code": "content_sensitive"}}, "filtered"),
    (
        400,
        {
            "error": {
                "message": "Your request was rejected as a result of our safety system.",
                "code": "content_policy_violation",
            }
        },
        "filtered",
    ),
    (400, {"error": {"message": "Input exceeds the model's context: 5000 > 4096"}}, "too_long"),
    (400, {"error": {"message": "prompt tokens (5000) exceed limit (4096)"}}, "too_long"),
    (400, {"error": {"message": "This request has too many tokens, the limit is 4096"}}, "too_long"),
    (400, {"error": {"message": "prompt长度超过模型最大上下文"}}, "too_long"),
    (400, {"error": {"message": "请求 tokens 数超过模型上限 4096"}}, "too_long"),
    (400, {"error": {"message": "The input length 5000 exceeds the maximum 4096"}}, "too_long"),
    (400, {"error": {"message": "ValueError: Token limit exceeded"}}, "too_long"),
    (402, {"error": {"message": "Insufficient quota", "code": "insufficient_quota"}}, "money"),
    (404, "<html><title>Not Found</title></html>", "model"),
    (
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "You exceeded your limits.",
                    "details": [
                        "see the console",
                        {"@type": "type.googleapis.com/google.rpc.Help", "reason": None},
                        {
                            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                            "violations": [
                                "of a quota",
                                {"quotaId": None},
                                {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"},
                            ],
                        },
                    ],
                }
            }
        ],
        "later",
    ),
]


WORDS = """
403 money Key limit exceeded (total limit). Manage it in the settings
403 money Your account has run out of credits. Please add credits
403 money balance not enough
403 money pre-consumed token quota failed, token remain quota: 0.01
401 money ExceededBudget: User has exceeded their budget. Current spend: 1; Max Budget: 1
429 money You have reached your spend limit. Please increase your limit in billing.
429 money Credits exhausted. Please purchase more credits.
429 money your account balance is not enough, please recharge
403 money Trial quota has been used up, please upgrade to a paid plan
403 money Your subscription has expired. Please renew your plan.
403 money Billing is disabled for project 1
403 money Payment method required
403 money 0 credits remaining
403 money 试用已结束，请升级
429 money You have no credits remaining
400 model unknown model; the load balancer has none
400 busy Upstream error. No credits were charged.
429 quota You exceeded your current quota, please check your plan and billing details.
200 later Open api daily request limit reached
403 later Key limit exceeded (daily limit). Manage it in the settings
429 later Trial key limited to 1000 API calls / month. You can upgrade to a Production key
429 later You have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's paid plan
429 later you've reached your hourly usage limit, please upgrade to continue
429 later You have exceeded the 24-hour token quota
429 later 每天免费额度已用完
429 later 您已达到每周使用上限，您的限额将在 2026-12-01 00:00:00 重置
429 rate Rate limit reached on requests per minute (RPM): Limit 30. Need more? Upgrade today at x.com/settings/billing
429 rate error code: 1015
503 rate Too many concurrent requests
400 rate QPM limit
420 rate Enhance your calm
400 rate Too many tokens, please wait before trying again.
200 rate Open api qps request limit reached
200 rate 授权错误：秒级流控超限。秒级并发超过授权路数限制
503 rate Slow down
400 filtered Your request was rejected by our safety system
400 filtered Output blocked by content filtering policy
424 filtered Prompt blocked due to security configurations
400 filtered Guardrail intervened
422 filtered Prompt rejected by safety classifier
400 filtered 请求内容触发风控策略
200 filtered content security check fail
451 filtered no
400 filtered This request has been blocked by our content filters.
400 filtered PII detected and blocked
400 filtered 安全审核拦截
400 too_long the max input characters is 4800
422 too_long Input validation error: `inputs` must have less than 4096 tokens. Given: 5000
422 too_long `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 512
400 too_long prompt is longer than the model's maximum sequence length
400 too_long The number of input tokens is greater than the maximum 4096
400 too_long 提示词过长
413 too_long no
400 too_long Context overflow
400 too_long input_tokens > max_model_len
400 too_long 超出模型最大上下文
200 key Access token invalid or no longer valid
400 key Missing API key
400 key authentication failed
200 key 请先登录
498 key no
403 key The API key you provided has been revoked
403 access no
400 model sim-model is not a valid model ID
400 model The provided model identifier is invalid.
403 model You don't have access to the model with the specified model ID.
401 model key not allowed to access model. This key can only access models=['a']
400 model No such model @cf/m or task
400 model 不支持的模型
400 model This model requires subscription
410 model The model `m` has been retired
400 model 没有权限使用该模型
400 path No route for that URI
415 path Unsupported Media Type
418 path no
501 path not implemented
403 firewall Access denied by WAF
405 firewall <!doctypehtml><html lang="zh-cn"><title>405</title>访问被阻断
400 firewall <html><title>400 Bad Request</title>
468 firewall <html>waf</html>
407 firewall no
511 firewall <html><title>Network Authentication Required</title>
403 firewall Sorry, you have been blocked
403 region Your country is not supported
403 region Access from your location is prohibited
400 settings Extra inputs are not permitted (body.enable_thinking): unexpected value
400 settings Additional properties are not allowed ('grammar' was unexpected)
400 settings 不支持的参数 top_k
400 settings This model supports at most 8192 completion tokens, whereas you provided 10000
400 busy upstream error: do request failed
404 busy no healthy upstream
400 busy 获取渠道失败，请重试
403 busy 服务器忙
400 busy bad response status code 502 (request id: x)
400 busy The system encountered an unexpected error during processing. Try your request again.
498 busy The flex tier is over capacity
404 loading Model is warming up
400 loading Model m is loading
503 loading Model m is currently loading
408 busy no
424 busy no
499 busy no
530 busy error code: 1016
598 busy no
"""


@pytest.mark.parametrize("line", WORDS.strip().splitlines())
def test_words_have_a_meaning(line):
    """Where a status is followed by "no", the status alone tells."""
    status, meaning, words = line.split(" ", 2)
    assert meaning_of(int(status), words)[0] == meaning


@pytest.mark.parametrize(("status", "body", "meaning"), SAID)
def test_what_a_provider_says_is_understood(status, body, meaning):
    """From its codes and its words, wherever they stand in the body."""
    codes, words = words_of(body)
    if status == 200:
        status = next((int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)), 200)
    searched = " ".join([*(f"code={code}" for code in sorted(codes)), words])
    assert meaning_of(status, searched)[0] == meaning


@pytest.mark.parametrize(
    ("meaning", "kinds"),
    [
        ("filtered", Filtered),
        ("too_long", NoAnswer),
        ("rate", TooFast),
        ("loading", TooFast),
        ("later", ModelError),
        ("money", Refused),
        ("channel", CallFailed),
        ("model", Refused),
        ("path", Refused),
        ("region", Refused),
        ("firewall", Refused),
    ],
)
def test_a_meaning_is_an_error(meaning, kinds):
    """For the question, for now, or for good."""
    for status, body, row_meaning in SAID:
        if row_meaning == meaning:
            assert isinstance(fault_of(status, body, {}, ENDPOINT, "2403.17919 translate"), kinds), body


def test_every_row_can_match_and_names_where_its_words_come_from():
    """A row for a stranger to extend."""
    for row in ROWS:
        assert re.compile(row.words, re.IGNORECASE)
        assert row.source.startswith("https://")
        assert row.provider


def test_a_body_nobody_knows_is_shown_in_part():
    """It is all there is to go by."""
    assert "tea" in str(fault_of(418, [["tea"]], {}, ENDPOINT, "2403.17919 translate"))


@pytest.mark.parametrize(
    ("key", "query", "said", "shown"),
    [
        ("sk-abcdef0123456789", (), "key sk-abcdef0123456789", "key ***"),
        ("sk-abcdef0123456789", (), "key sk-abcde…6789 is off", "key *** is off"),
        ("short", (), "key short", "key ***"),
        ("shortkey99", (), "a shortkeyed one", "a shortkeyed one"),
        ("none", (), "none of it", "none of it"),
        ("none", (("code", "0123456789abcdef"),), "code 0123456789abcdef", "code ***"),
        ("none", (("api-version", "2024-02-01"),), "no 2024-02-01", "no 2024-02-01"),
    ],
)
def test_a_key_is_not_shown_and_other_words_are(key, query, said, shown):
    """Whole, or with its beginning and end as providers abbreviate it; a short value of the query is none."""
    assert Endpoint("m", "http://127.0.0.1:1/v1", "OPENAI_API_KEY", key, query).redact(said) == shown


def fault(status, message, headers=None, *, endpoint=ENDPOINT, code=None):
    return fault_of(status, {"error": {"message": message, "code": code}}, headers or {}, endpoint, "2403.17919")


def test_the_status_of_the_upstream_counts_where_the_gateway_says_200():
    """OpenRouter sends it as the code."""
    assert isinstance(fault(200, "Provider returned error", code=404), Refused)
    assert isinstance(fault(200, "Provider returned error", code=502), CallFailed)
    assert isinstance(fault(200, "Provider returned error", code="E502"), CallFailed)
    assert isinstance(fault(400, "Provider returned error", code=502), Refused)


@pytest.mark.parametrize(
    ("status", "message", "sure", "of_account"),
    [
        (401, "no", True, True),
        (402, "no", True, True),
        (403, "out of credits", True, True),
        (403, "no", False, False),
        (403, "API key disabled", True, False),
        (400, "no", False, False),
        (400, "temperature is not supported", True, False),
    ],
)
def test_one_refusal_in_known_words_is_enough(status, message, sure, of_account):
    """And the status 401 needs no words."""
    refused = fault(status, message)
    assert isinstance(refused, Refused)
    assert (refused.sure, refused.of_account) == (sure, of_account)


def test_an_error_that_passes_says_how_long_and_what_else_it_may_be():
    """A server that loads is asked again soon where it names no time; money may be lacking, or a channel."""
    assert fault(503, "Loading model", {"retry-after": "70"}).retry_after == 70
    assert 0 < fault(503, "Loading model").retry_after < 60
    assert fault(429, "slow down", {"retry-after": "7"}).retry_after == 7
    assert fault(429, "slow down").retry_after is None
    assert fault(429, "slow down").no_money is None
    assert "top up" in fault(429, "exceeded your current quota").no_money
    assert fault(503, "down", {"retry-after": "7"}).retry_after == 7
    assert fault(503, "down").hopeless is None
    assert "model.name" in fault(503, "no available channel").hopeless


@pytest.mark.parametrize(
    ("headers", "said"), [({}, "run again later"), ({"retry-after": "60"}, "later"), ({"retry-after": "7200"}, "hours")]
)
def test_a_spent_quota_says_when_to_come_back_if_it_takes_long(headers, said):
    """In hours; a minute is none."""
    assert str(fault(429, "daily limit", headers)).endswith(said)


HERE = Endpoint("m", "http://127.0.0.1:1", "MY_KEY", "sk-abcdef")


@pytest.mark.parametrize(
    ("status", "endpoint", "said", "unsaid"),
    [
        (401, ENDPOINT, "OPENAI_API_KEY is not set", "check the variable"),
        (401, HERE, "check the variable MY_KEY", "is not set"),
        (404, ENDPOINT, "check model.name and the account's plan, and model.base_url", "/v1/v1"),
        (404, HERE, "does it lack its /v1 (http://127.0.0.1:1/v1)?", "key"),
        (400, ENDPOINT, "refuses the question (400: no)", "key"),
    ],
)
def test_a_refusal_for_good_names_the_way_out(status, endpoint, said, unsaid):
    """A key that is not set is no wrong one, and an address with its version lacks none."""
    told = str(fault(status, "no", endpoint=endpoint))
    assert said in told
    assert unsaid not in told


def test_an_unknown_model_is_no_matter_of_the_address_unless_nothing_is_there():
    """Only 404 is said by addresses, too."""
    assert "model.base_url" not in str(fault(400, "unknown model"))


def test_a_body_in_no_format_is_no_part_of_a_message():
    """Where it is empty."""
    assert "(418: nothing)" in str(fault_of(418, None, {}, ENDPOINT, "2403.17919"))
