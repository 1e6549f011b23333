"""Rule negation: what the source denies must not be affirmed in the Chinese, and the other way round.

Only in sentences that render each other (analysis.pairs), and only where one side has no negation of any kind left.
"""

import re
from collections.abc import Iterator

from pipeline.rules.analysis import Analysis, SentencePair, quoted

_DENIES = re.compile(
    r"\b(?=[ncduafliwsh])(?:(?<!or\s)not(?!\s+(?:only|just|merely|solely|simply|limited|all|every|necessarily)\b|[^.,;]{0,40}\b(?:same|alone)\b)|cannot|(?:do|does|did|is|are|was|were|can|could|would|should|has|have)n['’]t|no(?!\.|\s+longer\s+than)(?=\s+[a-z])"
    r"|never|without|neither|unable|fail(?:s|ed)?\s+to|lacks?|lacking|none|insufficient|impossible|infeasible|nothing|hardly|absence)\b",
    re.IGNORECASE,
)
"""What must be told with a negation."""
_MAY_DENY = re.compile(
    r"\b(?:no|not|non\w*|never|nor|none|neither|nothing|nobody|nowhere|cannot|without|un\w+|in(?:ability|accura|adequa|appropria|complete|consisten|correct|depend|direct|effect"
    r"|effici|equal|evitab|exact|feasib|finit|flexib|suffici|stabil|tracta|valid|varian|visib|compatib|compar|discrimin|coheren|expens|elastic|sensitiv|variab|accessib|applicab|capab"
    r"|definit|significan|herently|soluble|nocuous|actionab|admissib|distinguish)\w*|im(?:possib|balanc|matur|mobil|partial|perfect|plausib|practic|precis|proper|prob)\w*"
    r"|ir(?:regular|relevan|reversib|respective|reducib|responsib|replac|rational)\w*|il(?:legal|licit|literate|logical|l-\w+)\w*|dis\w+|mis\w+|anti\w*|a(?:symmetr|periodic|typical|nomal)\w*"
    r"|\w+less|\w+-free|free|lack\w*|absen\w+|fail\w*|few\w*|little|rare\w*|seldom|hard\w*|difficult\w*|scarc\w*|barely|only|until|unless|beyond|rather|instead|avoid\w*|prevent\w*|prohibit\w*"
    r"|exclu\w+|except\w*|but|despite|regardless|agnostic\w*|zero\w*|open|yet|reject\w*|refus\w*|den(?:y|ies|ied|ial)\w*|loss\w*|los[et]\w*|far|ignor\w*|neglect\w*|overlook\w*|omit\w*|elusive"
    r"|challeng\w*|too|limit\w*|less|stop\w*|ceas\w*|short\w*|defici\w+|remov\w*|eliminat\w*|obviat\w*|bypass\w*|forgo\w*|eschew\w*|resist\w*|preclud\w*|forbid\w*|violat\w*|oppos\w+"
    r"|contrary|contrast|while|whereas|although|though|however|gap\w*|obstruct\w*|block\w*|hinder\w*|hamper\w*|prohibitive\w*|otherwise|poor\w*|weak\w*|alleviat\w*|outside|doubt\w*|question\w*"
    r"|blind\w*|black-box|(?:prefer|favou?r|choos|chose|prioriti)\w*[^.;]{0,40}\sover|miss\w*|empty|vacu\w+|null|void|false\w*|wrong\w*|error\w*|arbitrar\w+|persist\w*|remain\w*|off-\w+|out-of-\w+|over\w+|under\w+|de\w+|sub\w+|minim\w*|low\w*|lightweight|break\w*"
    r"|broke\w*|constant\w*|fix(?:ed)?|stay\w*|refrain\w*|negat\w+|negative\w*|contradict\w*|disprov\w*|counterexample\w*|opposed|degenerate|differ\w*|vary\w*|vari\w+|separate\w*|whether"
    r"|n['’]t|\w+n['’]t|at\s+most|bad\w*|inhibit\w*|wireless|insight\w*|almost|nearly)\b",
    re.IGNORECASE,
)
"""What may be told with one."""
_ZH_NO_NEGATION = re.compile(
    r"是否|能否|可否|不同|不断|不仅|不但|不只|不光|不单|不过|不管|不论|无论|非常|未来|至少|不久|不少|不错|除非|无线|非(?<!而非)(?:线性|凸|平凡|平稳|局部|平衡|对称|参数化)|无监督|无穷|无限|不等式|不变|不确定|不可或缺|除了|不可避免|无人机|无向"
)
"""Words with a sign of negation that deny nothing, or what an English word of its own denies (unsupervised)."""
_ZH_MAY_DENY = re.compile(
    r"避免|尚未|不|无|未|没|非|否|缺|失败|失效|难以|难于|很难|难|免|避|勿|莫|禁|除外|零|拒|防止|脱离|摆脱|反而|仅|有限|欠|忽|跳过|替代|取代|代替|抛|放弃|摒弃|罕|鲜|从不|独立|超出|有待|尚|停止|丧失|失去|裸|任意|排除"
)
_TOLD_OF = {
    "避免": re.compile(r"\b(?:avoid|prevent|evad|circumvent|sidestep|obviat|eliminat|spare)", re.IGNORECASE),
    "排除": re.compile(r"\b(?:exclu|eliminat|remov|rul)", re.IGNORECASE),
    "防止": re.compile(r"\b(?:prevent|guard|protect)", re.IGNORECASE),
    "仅": re.compile(r"\b(?:only|just|mere|sole|alone|exclusive)", re.IGNORECASE),
    "难以": re.compile(r"\b(?:hard|difficult|struggl|challeng|intracta|elusive|inaccess)", re.IGNORECASE),
    "难": re.compile(r"\b(?:hard|difficult|struggl|challeng|complex)", re.IGNORECASE),
    "失败": re.compile(r"\b(?:failures?\b|unsuccess)", re.IGNORECASE),
    "失效": re.compile(r"\b(?:failures?\b|invalid|broke|break)", re.IGNORECASE),
    "有限": re.compile(r"\b(?:limit|finite|bounded|scarce)", re.IGNORECASE),
    "忽": re.compile(r"\b(?:ignor|overlook|neglect|negligib)", re.IGNORECASE),
    "放弃": re.compile(r"\b(?:abandon|give|forgo)", re.IGNORECASE),
    "替代": re.compile(r"\b(?:replac|altern|substitut|surrogat|proxy)", re.IGNORECASE),
}
"""Chinese that may stand for a negation → English it more likely stands for, where that is there."""
_OF_ITS_OWN = {
    "未见|没见|陌生|不曾见": "unseen|unfamiliar",
    "未对齐|不对齐": "unalign|misalign",
    "未标[注记]|无标[签注]|没有标[签注]": "unlabel|unannotat|label-free|annotation-free",
    "未知": "unknown",
    "未解决|未解": "unresolv|unsolv",
    "未[指规]定|不明确": "unspecif|underspecif|unclear|ambigu",
    "未经": r"un\w+ed\b",
    "未来": "future",
    "不可逆": "irrevers",
    "不[平均]衡": "imbalanc|unbalanc",
    "不常|不频繁": "infrequen|rare",
    "不一致": "inconsisten|disagree|mismatch|discrepan",
    "不稳": "instab|unstab",
    "不准确?|不精确": "inaccura|imprecis",
    "不完整|不完全|不完备": "incomplet|imperfect|partial",
    "不受控|不可控": "uncontroll",
    "不可靠": "unreliab",
    "不安全": "unsafe|insecur",
    "不公": "unfair|inequit|injust",
    "不可预[测知]": "unpredict",
    "不可见": "invisib",
    "不透明": "opaque|opacity",
    "不当": "improper|inappropriate|mis",
    "不连续": "discontinu",
    "不规则": "irregular",
    "不[对均]称|不对等": "asymmetr",
    "不均匀": "nonuniform|non-uniform|uneven",
    "不流利": "disfluen",
    "不良|不利": "advers|undesir|unfavo",
    "无关": "irrelevan|agnostic|unrelated|independen",
    "无效": "invalid|ineffect",
    "无害": "harmless|benign",
    "无偏": "unbias",
    "无损": "lossless",
    "无训练|免训练|无需训练|无需微调": "training-free|tuning-free",
    "非结构": "unstructur",
    "独立": "independen|standalone|separate",
}
"""Chinese words with a sign of negation → the English words, begun so, that they stand for."""
_OWN = tuple((re.compile(zh), re.compile(rf"\b(?:{en})", re.IGNORECASE)) for zh, en in _OF_ITS_OWN.items())
_TOLD_WITHOUT = tuple(
    (re.compile(chinese), re.compile(rf"\b(?:{english})", re.IGNORECASE))
    for chinese, english in (
        (
            "以内|之内|最多|至多|至少|最少|最低|最高",
            r"(?:no|not|never|cannot|n['’]t)\s+(?:\w+\s+){0,2}(?:more|less|fewer|\w+er|beyond|exceed\w*)\b",
        ),
        ("相当|持平|同样|一样|差距", r"(?:no|not)\s+(?:\w+\s+)?(?:better|worse|\w+er|more|less|different)\b"),
        ("才", r"(?:until|unless|without|before)\b"),
        ("去掉|去除|移除|抛开|撇开|省去|略去", r"without\b"),
        ("可能|仍", r"(?:rule[ds]?\s+out|exclude[ds]?|dismiss\w*)\b"),
        ("常|多|重要|显著|可能|容易", r"not\s+(?:un|in|im|rare|without)"),
        ("非", r"(?:not|never)\s+(?:\w+\s+)?(?:linear|convex|trivial|stationary|local|symmetric|parametric)"),
    )
)
"""Chinese that says a negation in another way → the English it does so for: 至多 for “no more than”, 才 for “not until”."""
_ZH_DENIES = re.compile(
    r"没有|无法|未能|不能|不会|并不|不是|并非|无需|不需要|不必|不再|从未|尚未|缺乏|不存在|不足以|毫无|不得|不支持|不可能|不依赖|未被|未经"
)


def negation(analysis: Analysis) -> Iterator[str]:
    """A negation lost or added."""
    for pair in analysis.pairs:
        if lost := _lost(pair):
            yield f"原文的否定{quoted(lost)}在译文中没有：{quoted(pair.chinese)}"
        elif added := _added(pair):
            yield f"译文的否定{quoted(added)}是原文没有的：{quoted(pair.english)}"


def _lost(pair: SentencePair) -> str | None:
    denied = [found for found in _DENIES.finditer(pair.english) if not _goes_on(found, pair.english)]
    if not denied:  # mutant: only faster
        return None
    rest = _ZH_NO_NEGATION.sub("", pair.chinese)
    for chinese, english in _OWN:
        if chinese.search(rest) and english.search(pair.english):
            rest = chinese.sub("", rest)
    signs = _ZH_MAY_DENY.findall(rest)
    told = sum(not (sign in _TOLD_OF and _TOLD_OF[sign].search(pair.english)) for sign in signs)
    told += sum(
        bool(chinese.search(pair.chinese) and english.search(pair.english)) for chinese, english in _TOLD_WITHOUT
    )
    if len(denied) <= told:
        return None
    found = denied[0]
    return pair.english[max(0, found.start() - 15) : found.end() + 25].strip()


def _goes_on(found: re.Match[str], english: str) -> bool:
    """No labels, no tuning: Chinese may say it once."""
    before = english[: found.start()].rstrip()
    return found[0].lower() == "no" and before.endswith((",", " and", " or")) and bool(_DENIES.search(before))


def _added(pair: SentencePair) -> str | None:
    denied = _ZH_DENIES.search(pair.chinese) and _ZH_DENIES.search(_ZH_NO_NEGATION.sub("", pair.chinese))
    if not denied or _MAY_DENY.search(pair.english):
        return None
    return denied[0]
