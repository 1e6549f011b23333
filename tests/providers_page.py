"""docs/providers.md from the table of presets: `python -m tests.providers_page` writes it; a test holds the page to it."""

from pathlib import Path

from pipeline.commands.init import model_section
from pipeline.presets import PRESETS

PAGE = Path(__file__).parents[1] / "docs" / "providers.md"
HEAD = """# Providers

Made from the table of presets (`pipeline/presets.py`) by `python -m tests.providers_page`; do not edit it by hand.

`wenzhai init digests --provider deepseek` writes one of these blocks into digests/config.yaml. **Not tried live**: requests and errors of these services
are tested against a local server that behaves as their documentation says. Prices are examples; put in your own. The key goes into `.env`
beside config.yaml or into the environment, and nowhere else: not into a log, an error, the database or a page.

Any other endpoint with OpenAI's API works with `provider: openai` too. `requests_per_minute` and `tokens_per_minute` keep a run just under a
quota; without them the quota is learned from the provider's 429 responses and headers.
"""
OTHERS = """## Anything LangChain knows

Needs the extra `langchain`.

```yaml
model:
  provider: langchain
  name: anthropic:claude-sonnet
  api_key_env: ANTHROPIC_API_KEY
```

## A GGUF file of your own

```yaml
model:
  provider: local
  path: /models/qwen3-4b-q4_k_m.gguf
  name: qwen3-4b
```
"""


def page() -> str:
    lines = [
        HEAD,
        "| `--provider` | service | key in | the beginning that all questions share costs |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| [`{each.name}`](#{each.name}) | {each.label} | {f'`{each.key_name}`' if each.key_name else 'none'} | {each.caching} |"
        for each in PRESETS
    ]
    lines += [f"\n## {each.name}\n\n```yaml\n{model_section(each)}```" for each in PRESETS]
    return "\n".join([*lines, "", OTHERS])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
