"""Rule direction: what rises in the source must not fall in the Chinese, and who wins must not lose.

Words of rise and fall are counted in sentences that render each other (analysis.pairs). A fault is a Chinese word of one
direction that nothing in the English explains, where an English word of the other direction has no counterpart. What
explains is a wide list, what accuses a narrow one: "descent", "decay" and "fell" may become 下降, but owe it to nobody.
"""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, SentencePair, quoted


def _words(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(stems.split())})", re.IGNORECASE)


_NO_DIRECTION = re.compile(
    r"\b(?:higher|lower|larger|smaller|longer|shorter|faster|greater|deeper|wider)[\s-](?:order|bounds?|level|layers?|dimension\w*|rank|education|spin|genus|categor\w*|semicontinuous|half|triangular"
    r"|limits?|case|envelope|central|semi-\w+|end|term)\b|\bno\s+longer\b|\bas\s+long\s+as\b|\bmore\s+or\s+less\b|\breduc(?:e[sd]?|ing|tions?)\s+to\b|\bdimension\w*[\s-]reduc\w+|\bnoise[\s-]reduc\w+"
    r"|\bgradient[\s-]descent|\bweight[\s-]decay|\bdropout\b|\bnever[\s-]+|\bimproving\s+grace\b|\bgrowing\s+(?:season|body)\b|\brais(?:e|es|ed|ing)\s+(?:\w+\s+){0,4}(?:questions?|concerns?|issues?|funds?|doubts?|awareness)\b",
    re.IGNORECASE,
)
"""Terms and turns in which a word of rise or fall says nothing of the kind."""
_RISES = _words(
    r"increas(?:e|es|ed|ing)\b higher\b highest\b larger\b largest\b greater\b faster\b fastest\b longer\b stronger\b improv\w*\b enhanc\w*"
    r" boost\w* outperform\w* surpass\w* exceed\w* at\s+least\b grow(?:s|th)?\b grew\b rises?\b rising\b rose\b"
    r" superior\w* expand\w* accelerat\w* lengthen\w* enlarg\w* raise[sd]?\b strengthen\w* more\s+than\b"
    r" better\s+than\b more\s+\w+\s+than\b"
)
"""What must be told as a rise."""
_FALLS = _words(
    r"decreas(?:e|es|ed|ing)\b reduc(?:e|es|ed|ing|tions?)\b lower(?:s|ed|ing)?\b lowest\b smaller\b smallest\b fewer\b less\s+than\b slower\b shorten\w* shorter\b"
    r" weaker\b weaken\w* worsen\w* worse\s+than at\s+most\b underperform\w* diminish\w* shrinks?\b drop(?:s|ped)?\b declin(?:e|es|ed|ing)\b"
    r" degrad(?:e|es|ed|ing)\b inferior\b narrower\b deteriorat\w* minimi[sz]\w* less\s+\w+\s+than\b"
)
_MAY_RISE = _words(
    r"increas\w* higher highest high(?=[\s-]\w+er\b) larg\w* great\w* \w*fast\w* longer longest \w*strong\w* \w*improv\w* enhanc\w* \w*boost\w* outperform\w*"
    r" surpass\w* excee\w* excess\w* at\s+least grow\w* grew rises? rising rose superior\w* expan\w* \w*accelerat\w* \w*lengthen\w*"
    r" enlarg\w* rais\w* strengthen\w* more most\b best better deeper wid\w+ up(?:on)?\s+to upward\w* over above beyond beat\w* enrich\w*"
    r" amplif\w* promot\w* advanc\w* extend\w* scal\w+ gains? gained gaining elevat\w* escalat\w* inflat\w* surg\w* win\w* won\b"
    r" dominat\w* broad\w* \w*speed\w* sped quick\w* rapid\w* \w*fold\b intensif\w* augment\w* lift\w* climb\w*"
    r" state-of-the-art sota favou?r\w* lead(?:s|ing)?\b excel\w* maxim\w* doubl\w* tripl\w* \w*times \d+x major\w*"
    r" exacerbat\w* reinforc\w* upgrad\w* prolong\w* minimum outstrip\w* outpac\w* eclips\w* ahead ascen\w* refin\w* outdo\w* outscor\w*"
    r" as\s+much as\s+many ever\b effective\w* efficien\w* add\w* no\s+less not\s+less all baselines\b comparable optimi\w* supremum top\b"
    r" so\s+much too heavy heavier elder\w* older richer easier further\w* progress\w*"
)
"""What may be told as a rise."""
_MAY_FALL = _words(
    r"decreas\w* reduc\w* low lower\w* lowest small\w* few\w* less\w* slow\w* short\w* weak\w* wors\w* at\s+most under\w* diminish\w* shr[iu]nk\w*"
    r" drop\w* inferior\w* narrow\w* minim\w* fall\w* fell\b los[est]\w* loss\w* mitigat\w* alleviat\w* suppress\w* light\w*"
    r" minor\w* sav(?:e|es|ed|ing|ings)\b cut\w* trim\w* compress\w* eliminat\w* remov\w* down\w* collaps\w* attenuat\w* below"
    r" little lessen\w* curb\w* prun\w* cheap\w* poor\w* bad\w* hurt\w* impair\w* halv\w* decay\w* descen\w* declin\w* degrad\w* deteriorat\w* deplet\w* defici\w* deceler\w*"
    r" erod\w* erosion dampen\w* damp\w* plummet\w* regress\w* tight\w* lack\w* insufficient\w* slash\w* thin\w* shallow\w*"
    r" sacrific\w* compromis\w* abat\w* sink\w* sank relie\w* inhibit\w* amorti\w* relax\w* no\s+more not\s+more up\s+to within rarely contract\w*"
    r" disadvantag\w* lag\w* behind condens\w* trail\w* fail\w* gap\w* vanish\w* dissipat\w* scarc\w* spars\w* avoid\w* restrict\w* limit\w* simplif\w* harm\w* fad\w+ \w*fewer"
    r" detriment\w* as\s+low as\s+little as\s+few cool\w* half than\s+\d\w* no\s+\w+er"
)
_ZH_RISES = re.compile(
    r"提高|提升|(?<!数据)增加|增大|增长|增强(?!学习)|上升|升高|升至|升到|(?:更|较)(?:高|多|大|快|长|强|好|优|宽|深)|优于|高于|大于|多于|强于|快于|长于|好于|"
    r"(?<!不)超过|超越|胜过|超出|最高|最大(?!化|似然|熵|池化|流|割|值|团)|最快|最强|至少|延长|扩大|改善|加快|加速(?!度|器)|拓宽|放大|加强|不少于|不低于"
)
_ZH_FALLS = re.compile(
    r"降低|减少|减小|下降|降至|降到|减弱|削弱|缩短|缩小|收窄|恶化|(?:更|较)(?:低|少|小|慢|短|弱|差|窄|浅)|劣于|低于|小于|少于|弱于|"
    r"慢于|短于|差于|不及|不如|逊于|最低|最小(?!化|二乘|值|生成|割|作用|均方|描述)|最少|最慢|最差|至多|不超过|不多于|不高于"
)
_ZH_MAY_RISE = re.compile(
    r"提高|提升|升|增(?!强学习)|(?:更|较|最|越|很|加|扩|极|非常|显著|大幅|得)(?:为|来|加)?(?:高|多|大|快|长|强|好|优|宽|深|广|佳)|优于|优越|优势|优异|高于|大于|多于|强于|快于|长于|好于"
    r"|超过|超越|超出|胜|至少|延长|扩展|扩大|扩张|改善|改进|加(?:快|速|强|深|大|剧)|拓宽|放大|倍|以上|领先|涨|出色|卓越|高达|多达|强化(?!学习)|击败|赢|不低于|不少于|不小于|日益|越|不亚|不逊|不止|快速|提速|长大|壮大|起|高出|多出|推动|促进|推进|更为?有效|不仅|大(?!语言|型|规模|量|模型|多数|学|小|气)"
)
_ZH_MAY_FALL = re.compile(
    r"降|减|低|少(?!样本|数民族)|(?:更|较|最|越|很|缩|过|极|变)(?:为|来)?(?:小|慢|短|弱|差|窄|浅|轻)|小于|弱于|慢于|短于|差于|缩|短|弱|劣|逊|不及|不如|收窄|恶化|削|至多|最多|损(?!失)|跌|衰"
    r"|压缩|抑制|缓解|节省|节约|退化|退步|不足|不到|以下|以内|下滑|下界|不超过|不多于|不高于|不大于|轻|简化|归约|归结|约化|小幅|小规模|较小|小型|丢|下调|下放|落后|消|萎|精简|放弃|简约"
)


def direction(analysis: Analysis) -> Iterator[str]:
    """A sentence whose direction is reversed, or whose sides are swapped."""
    for pair in analysis.pairs:
        if found := _reversed(pair) or _swapped(pair):
            english, chinese = found
            yield f"方向与原文相反：原文{quoted(english)}，译文{quoted(chinese)}"


def _reversed(pair: SentencePair) -> tuple[str, str] | None:
    """The English word and the Chinese one that contradict each other, each with what stands around it."""
    english_text = _NO_DIRECTION.sub(lambda term: " " * len(term[0]), pair.english)
    for accuses, explains, zh_accuses, zh_explains in (
        (_FALLS, _MAY_RISE, _ZH_RISES, _ZH_MAY_FALL),
        (_RISES, _MAY_FALL, _ZH_FALLS, _ZH_MAY_RISE),
    ):
        chinese = list(zh_accuses.finditer(pair.chinese))
        if not chinese:
            continue
        english = list(accuses.finditer(english_text))
        if len(english) > len(zh_explains.findall(pair.chinese)) and len(chinese) > len(explains.findall(english_text)):
            return _around(pair.english, english[0], 20), _around(pair.chinese, chinese[-1], 10)
    return None


def _around(text: str, found: re.Match[str], reach: int) -> str:
    return text[max(0, found.start() - reach) : found.end() + reach].strip()


_NAME = r"[A-Z][A-Za-z0-9-]{2,}"
_BEATS = re.compile(
    rf"({_NAME})(?:\s+\w+){{0,2}}?\s+(?:outperforms?|outperformed|surpass(?:es|ed)?|exceed(?:s|ed)?|beats?)\s+(?:\w+\s+){{0,2}}?({_NAME})"
)
_ZH_BEATS = re.compile(rf"({_NAME})[^，。；A-Za-z]{{0,8}}(?:优于|超过|超越|强于|胜过|击败|高于)了?\s*[^，。；A-Za-z]{{0,4}}({_NAME})")


def _swapped(pair: SentencePair) -> tuple[str, str] | None:
    """A outperforms B, but B优于A."""
    wins = {(each[1], each[2]): each[0] for each in _BEATS.finditer(pair.english)}
    for each in _ZH_BEATS.finditer(pair.chinese):
        if (each[2], each[1]) in wins and (each[1], each[2]) not in wins and each[1] != each[2]:
            return wins[each[2], each[1]], each[0]
    return None
