"""The table of presets: for each service or server its `model:` section, and where to get a key and see prices.

`wenzhai init --provider NAME` writes a row into config.yaml; docs/providers.md is made from the table. Prices are examples:
of the day named beside them, from the page named beside them.
"""

from typing import Any, NamedTuple


class Preset(NamedTuple):
    name: str
    label: str
    """Its name for readers, and what it is if that says too little."""
    model: dict[str, Any]
    """The keys of `model:` in config.yaml (settings.ModelSettings), in the order in which they are written."""
    notes: dict[str, str]
    """Key of `model` → a comment beside it."""
    keys: str | None = None
    """Where one gets a key; None: needs none."""
    prices: str | None = None
    """Where its prices stand; None: it asks no money."""
    caching: str = ""
    """What the beginning costs that all questions of a run have in common."""

    @property
    def key_name(self) -> str | None:
        name: str | None = self.model.get("api_key_env")
        return name


_PAID_THINKING = "thinking is on by default, and paid for"
PRESETS = (
    Preset(
        "local",
        "the embedded model: no key, weak, a minute a paper",
        {"provider": "local", "name": "qwen2.5-coder-1.5b-instruct"},
        {"name": "with `path: model.gguf` a file of your own"},
        caching="not computed again",
    ),
    Preset(
        "deepseek",
        "DeepSeek",
        {
            "provider": "openai",
            "name": "deepseek-flash",
            "base_url": "https://api.deepseek.com",
            "api_key_env": "DEEPSEEK_API_KEY",
            "extra_body": {"thinking": {"type": "disabled"}},
            "price": {"currency": "CNY", "input": 1, "cached": 0.02, "output": 4},
        },
        {
            "extra_body": _PAID_THINKING,
            "price": "2026-11; twice that on workdays 9:00–12:00 and 14:00–18:00 in Beijing",
        },
        keys="https://platform.deepseek.com/api_keys",
        prices="https://api-docs.deepseek.com/zh-cn/quick_start/pricing",
        caching="2 % of the price, by itself",
    ),
    Preset(
        "qwen",
        "Qwen (阿里云百炼, DashScope)",
        {
            "provider": "openai",
            "name": "qwen-plus",
            "base_url": "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "api_key_env": "DASHSCOPE_API_KEY",
            "extra_body": {"enable_thinking": False},
            "price": {"currency": "CNY", "input": 0.8, "cached": 0.16, "output": 2},
        },
        {"extra_body": "thinking would be paid for", "price": "2026-05, Beijing, without thinking; batches at half"},
        keys="https://bailian.console.aliyun.com",
        prices="https://help.aliyun.com/zh/model-studio/model-pricing",
        caching="20 % of the price, by itself, where it is found again",
    ),
    Preset(
        "glm",
        "GLM (智谱)",
        {
            "provider": "openai",
            "name": "glm-4.7-flash",
            "base_url": "https://open.bigmodel.cn/api/paas/v4",
            "api_key_env": "ZHIPU_API_KEY",
            "extra_body": {"thinking": {"type": "disabled"}},
            "concurrency": 8,
        },
        {
            "name": "free in 2026-11",
            "extra_body": "thinking is on by default",
            "concurrency": "small accounts may do little at once",
        },
        keys="https://open.bigmodel.cn/usercenter/apikeys",
        prices="https://docs.bigmodel.cn/cn/guide/start/pricing",
        caching="cheaper for the paid models",
    ),
    Preset(
        "kimi",
        "Kimi (Moonshot)",
        {
            "provider": "openai",
            "name": "kimi-k2.6",
            "base_url": "https://api.moonshot.cn/v1",
            "api_key_env": "MOONSHOT_API_KEY",
            "temperature": None,
            "extra_body": {"thinking": {"type": "disabled"}},
            "price": {"currency": "USD", "input": 0.95, "cached": 0.16, "output": 4},
        },
        {
            "temperature": "it fixes the temperature itself",
            "extra_body": _PAID_THINKING,
            "price": "2026-11, of api.moonshot.ai; the Chinese service bills in CNY",
        },
        keys="https://platform.moonshot.cn/console/api-keys",
        prices="https://platform.kimi.com/docs/pricing/chat-k26",
        caching="17 % of the price, by itself",
    ),
    Preset(
        "siliconflow",
        "SiliconFlow (硅基流动)",
        {
            "provider": "openai",
            "name": "Qwen/Qwen3-32B",
            "base_url": "https://api.siliconflow.cn/v1",
            "api_key_env": "SILICONFLOW_API_KEY",
            "extra_body": {"enable_thinking": False},
            "requests_per_minute": 1000,
            "tokens_per_minute": 50000,
        },
        {"extra_body": _PAID_THINKING, "tokens_per_minute": "of the lowest tier; higher ones may send more"},
        keys="https://cloud.siliconflow.cn/account/ak",
        prices="https://siliconflow.cn/pricing",
        caching="no discount known",
    ),
    Preset(
        "openrouter",
        "OpenRouter",
        {
            "provider": "openai",
            "name": "qwen/qwen3-32b",
            "base_url": "https://openrouter.ai/api/v1",
            "api_key_env": "OPENROUTER_API_KEY",
            "extra_body": {"reasoning": {"enabled": False}},
        },
        {"extra_body": _PAID_THINKING},
        keys="https://openrouter.ai/settings/keys",
        prices="https://openrouter.ai/qwen/qwen3-32b",
        caching="as the provider behind it",
    ),
    Preset(
        "openai",
        "OpenAI",
        {
            "provider": "openai",
            "name": "gpt-5.4-mini",
            "base_url": "https://api.openai.com/v1",
            "api_key_env": "OPENAI_API_KEY",
            "temperature": None,
            "extra_body": {"reasoning_effort": "none"},
            "price": {"currency": "USD", "input": 0.75, "cached": 0.075, "output": 4.5},
        },
        {
            "temperature": "it refuses another than its own",
            "extra_body": "thinking would be paid for",
            "price": "2026-11; batches at half",
        },
        keys="https://platform.openai.com/api-keys",
        prices="https://developers.openai.com/api/docs/pricing",
        caching="10 % of the price, by itself, from 1,024 tokens on",
    ),
    Preset(
        "ollama",
        "Ollama, on this machine",
        {
            "provider": "openai",
            "name": "qwen3:8b",
            "base_url": "http://localhost:11434/v1",
            "extra_body": {"reasoning_effort": "none"},
            "concurrency": 4,
        },
        {"name": "ollama pull qwen3:8b", "concurrency": "as many as OLLAMA_NUM_PARALLEL"},
        caching="not computed again",
    ),
    Preset(
        "vllm",
        "vLLM, on this machine or another",
        {
            "provider": "openai",
            "name": "Qwen/Qwen3-8B",
            "base_url": "http://localhost:8000/v1",
            "extra_body": {"chat_template_kwargs": {"enable_thinking": False}},
        },
        {"name": "vllm serve Qwen/Qwen3-8B"},
        caching="not computed again",
    ),
)


def preset_named(name: str) -> Preset | None:
    return next((row for row in PRESETS if row.name == name), None)
