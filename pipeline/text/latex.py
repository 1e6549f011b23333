"""Text-LaTeX to text; formulas, URLs and code stay as they are. The home of pylatexenc."""


def plain(text: str) -> str:
    return text
