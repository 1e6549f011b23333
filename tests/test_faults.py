"""What providers say and what it means: one message of each kind, as providers and gateways word it."""

import re
import time

import pytest

from pipeline.errors import Filtered, ModelError, NoAnswer
from pipeline.model.fault_table import ROWS
from pipeline.model.error_body import error_in, plain, seconds_to_wait, words_of
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
        ("money", ModelError),
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


def test_only_a_page_loses_its_tags():
    """Angle brackets in a message may be what it is about."""
    assert plain("set <your key> first") == "set <your key> first"
    assert plain(" <html><b>set</b> it</html>").split() == ["set", "it"]
    assert plain("<html><title>Bad gateway</title><b>set</b> it</html>") == "Bad gateway"


def test_a_body_nobody_knows_is_shown_in_part():
    """It is all there is to go by."""
    assert "tea" in str(fault_of(418, [["tea"]], {}, ENDPOINT, "2403.17919 translate"))


@pytest.mark.parametrize(
    ("body", "codes", "words"),
    [
        ({"detail": "no route"}, set(), "no route"),
        ({"error": {"message": "", "msg": "broken", "code": 0}}, set(), "broken"),
        ({"message": "outer", "error": {"code": "E1"}}, {"e1"}, "outer"),
        ({"error": {"code": "E1"}}, {"e1"}, ""),
        ({"error": {"message": "x", "metadata": {"raw": "why"}}}, set(), "x: why"),
        ({"error": {"message": "x", "metadata": {"raw": {"a": 1}}}}, set(), "x"),
        ({"note": "odd"}, set(), "{'note': 'odd'}"),
        ([{"error": {"message": "x", "code": 429}}], {"429"}, "x"),
        ([], set(), ""),
        (None, set(), ""),
    ],
    ids=str,
)
def test_the_words_of_a_body_are_those_nearest_to_the_cause(body, codes, words):
    """A code alone needs none; of a body in no known format, all of it."""
    assert words_of(body) == (codes, words)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"choices": [{"message": {"content": "好"}}], "code": 200, "message": "success"}, False),
        ({"choices": [], "message": "overloaded"}, True),
        ({"error": None, "object": "chat.completion"}, False),
    ],
    ids=str,
)
def test_a_body_is_an_error_if_it_says_something_and_answers_nothing(body, error):
    """Gateways add a code and a message to answers, too."""
    assert (error_in(body) is not None) is error


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Please try again in 7m12.5s.", 432.5),
        ("Please try again in 1h2m3s.", 3723),
        ("Please try again in 2h.", 7200),
        ("please try again after 1 seconds", 1),
        ("Please try again in 250ms.", 0.25),
        ("Please wait 43020 seconds before retrying.", 43020),
        ("Please try again in a moment.", None),
        ("slow down", None),
    ],
)
def test_a_time_to_wait_is_read_from_words(words, seconds):
    """In hours, minutes, seconds and milliseconds; a header is more exact."""
    assert seconds_to_wait({}, words) == seconds
    assert seconds_to_wait({"retry-after": "9"}, words) == 9


def test_a_time_to_come_back_is_read_from_a_body():
    """In OpenRouter's form, at any depth; anything else is none."""
    reset = str(int((time.time() + 100) * 1000))
    limited = {"error": {"metadata": {"headers": {"X-RateLimit-Reset": reset}}}}
    assert seconds_to_wait({}, "", limited) == pytest.approx(100, abs=5)
    for other in (None, "text", {"metadata": "x"}, {"metadata": {"headers": "x"}}, {"metadata": {"headers": {}}}):
        assert seconds_to_wait({}, "", other) is None


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
    ("status", "message", "sure", "of_key"),
    [
        (401, "no", True, True),
        (403, "no", False, False),
        (403, "API key disabled", True, False),
        (400, "no", False, False),
        (400, "temperature is not supported", True, False),
    ],
)
def test_one_refusal_in_known_words_is_enough(status, message, sure, of_key):
    """And the status 401 needs no words."""
    refused = fault(status, message)
    assert isinstance(refused, Refused)
    assert (refused.sure, refused.of_key) == (sure, of_key)


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
