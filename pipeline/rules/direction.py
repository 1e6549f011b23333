"""Rule direction: what rises in the source must not fall in the Chinese, and who wins must not lose.

Words of rise and fall are counted in sentences that render each other (analysis.pairs). A fault is a Chinese word of one
direction that nothing in the English explains, where an English word of the other direction has no counterpart. What
explains is a wide list, what accuses a narrow one: "descent", "decay" and "fell" may become 下降, but owe it to nobody.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.rules.analysis import Analysis, SentencePair, quoted
from pipeline.rules.changes import against_its_numbers, contradicted, unsigned


def _words(stems: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(stems.split())})", re.IGNORECASE)


_NO_DIRECTION = re.compile(
    r"\b(?=[hlsfgdwnarmi])(?:(?:higher|lower|larger|smaller|longer|shorter|faster|greater|deeper|wider)[\s-](?:order|bounds?|level|layers?|dimension\w*|rank|education|spin|genus|categor\w*|semicontinuous|half|triangular"
    r"|limits?|case|envelope|central|semi-\w+|end|term)\b|\bno\s+longer\b|\bas\s+long\s+as\b|\bmore\s+or\s+less\b|\breduc(?:e[sd]?|ing|tions?)\s+to\b|\bdimension\w*[\s-]reduc\w+|\bnoise[\s-]reduc\w+"
    r"|\bgradient[\s-]descent|\bweight[\s-]decay|\bdropout\b|\bnever[\s-]+|\bimproving\s+grace\b|\bgrowing\s+(?:season|body)\b|\brais(?:e|es|ed|ing)\s+(?:\w+\s+){0,4}(?:questions?|concerns?|issues?|funds?|doubts?|awareness)\b)",
    re.IGNORECASE,
)
"""Terms and turns in which a word of rise or fall says nothing of the kind."""
_ANOTHER_NUMBER = r"from\s+\S+\s+to\s+\S*\d|and\s+(?:by\s+)?\$?\d"
"""Chinese says the verb again for each number: 降低 31%，…降低 26%."""
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
_MAY_RISE = {
    _ANOTHER_NUMBER: "",
    r"increas": "日益(?!。)|越来越|不断(?!。)|递增|逐",
    r"higher|highest": "",
    r"surpass|excee|excess|outperform|outstrip|outpac|eclips|outdo|outscor": "以上(?!方法|工作|模型|问题|述)",
    r"at\s+least": "",
    r"no\s+(?:fewer|less|lower|smaller|shorter)|not\s+(?:\w+\s+){0,2}(?:fewer|less|lower|smaller)": "",
    r"grow|grew": "日益(?!。)|越来越|不断(?!。)|蓬勃|兴起|发展",
    r"rises|rising|rose|raise": "",
    r"superior": "优越|优势|卓越|优异",
    r"expan": "扩展|展开|扩张|膨胀",
    r"accelerat": "加速度|加速器|加速",
    r"lengthen|prolong|enlarg|strengthen|reinforc": "",
    r"longer|greater|stronger|larger|faster|deeper|wider|broader|heavier|older|richer|easier|finer|quicker|further|more|better": "",
    r"most": "大多|多数|大部分|最",
    r"best": "最佳|最好|最优",
    r"improv": "改进|完善|优化",
    r"enhanc": "强化",
    r"boost|lift|climb|elevat|escalat|inflat|surg(?!ery|ical|eon)|intensif|amplif": "放大",
    r"large": "大",
    r"great": "大|重要|极",
    r"strong": "强",
    r"fast": "快",
    r"quick": "快|迅速|很快",
    r"rapid": "快|迅速|急剧",
    r"long": "长",
    r"wide": "广|宽|普遍",
    r"deep": "深",
    r"rich": "丰富|富",
    r"high": "高",
    r"broad": "广|宽",
    r"over\s+[\d$]": "",
    r"over": "过度|过拟合|上|跨|整体|总体|概述|综述|克服|开销|重叠|忽略|忽视|期间|内|在",
    r"above": "上述|以上|上方",
    r"beyond": "除|超越|之外|以外|不仅",
    r"beat": "击败|打败",
    r"enrich": "丰富",
    r"promot": "促进|推动|提拔",
    r"advanc": "先进|进展|进步|推进|推动",
    r"extend": "扩展|延伸|推广|拓展",
    r"scal": "规模|尺度|扩展|缩放|量表|标度|可扩展",
    r"gain": "增益|收益|获得|获取",
    r"win|won": "赢|胜|获奖",
    r"dominat": "主导|支配|占优",
    r"speed": "速度|加速|快",
    r"\d+(?:\.\d+)?(?:x|-fold)|\w+fold": "倍",
    r"times": "倍|次|时",
    r"augment": "增强|扩充|增广",
    r"state-of-the-art|sota": "最先进|前沿|SOTA|领先|最新",
    r"favou?r": "有利|偏|青睐|支持",
    r"lead": "导致|领先|引|前导|带来",
    r"excel": "出色|卓越|优异|优秀|擅长",
    r"maxim": "最大",
    r"doubl|tripl": "倍|双|三",
    r"major": "主要|重大|多数",
    r"exacerbat": "加剧|恶化",
    r"upgrad": "升级",
    r"refin": "细化|精炼|改进|优化|精细|完善",
    r"minimum": "最小|最低",
    r"effective": "有效|效果",
    r"efficien": "高效|效率|有效",
    r"add(?!ress)": "添加|加入|附加|此外|另外|额外|加上|补充|外加",
    r"upper": "上",
    r"up\s+to": "高达|多达|达|最多|至多",
    r"comparable": "相当|可比|媲美",
    r"optimi": "优化|最优",
    r"progress": "进展|进步|渐进|逐步|推进",
    r"top": "顶|前",
    r"older|elder": "老|年长",
    r"too": "也|过于|太",
    r"mitigat|address|alleviat|overcom": "缓解|解决|应对|减轻|克服|处理",
}
"""English that may be told as a rise → other Chinese for it, which leaves the rise unexplained."""
_MAY_FALL = {
    _ANOTHER_NUMBER: "",
    r"decreas|diminish|shr[iu]nk|plummet|erod|erosion|dwindl": "",
    r"reduc": "归约|约化|归结|简化|减半",
    r"lower(?:s|ed|ing)?|lowest": "",
    r"lighter": "轻",
    r"tighter": "紧",
    r"cheaper": "便宜|廉价|低成本|经济",
    r"smaller|fewer|less|slower|shorter|weaker|worse|poorer|narrower|shallower": "不到|不足|以下|以内",
    r"(?:outperformed|surpassed|exceeded|beaten|outpaced|outscored)\s+by": "",
    r"(?<!at\s)least\b": "至少",
    r"fraction": "分数|馏分",
    r"low": "低",
    r"small": "小",
    r"few": "少|几|寥寥",
    r"slow": "慢|缓",
    r"short": "短",
    r"weak": "弱",
    r"wors": "恶化|最坏|最差|变差",
    r"at\s+most": "",
    r"underperform|underestimat|underfit": "低估|欠拟合",
    r"drop": "丢弃|删除|舍弃|去掉|滴",
    r"inferior": "劣",
    r"narrow": "窄|狭",
    r"minim": "最小|极小|极少|最低|微小|最少",
    r"fall|fell": "落|陷|跌|属于|秋",
    r"lose|losing|lost|loss": "损失|丢失|失去|亏损|丧失|有损|无损",
    r"mitigat|alleviat|relie(?:f|ve)": "缓解|减轻|缓和",
    r"suppress|inhibit": "抑制",
    r"light": "轻|光|灯|启示|亮",
    r"minor": "少数|轻微|次要|微小",
    r"sav(?:e|es|ed|ing|ings)": "节省|节约|保存|挽救",
    r"cut": "切|割|截|裁|前沿|削",
    r"trim|prun": "剪|修剪",
    r"compress": "压缩",
    r"eliminat": "消除|消去|排除",
    r"remov": "去除|移除|删除|消除|去掉",
    r"down": "下游|下采样|向下|分解|拆",
    r"collaps": "坍|崩|塌",
    r"attenuat|damp": "衰减|阻尼",
    r"below": "以下|下方|下面|下述",
    r"little": "很少|几乎|极少|小|鲜",
    r"lessen|curb|abat|slash|halv|half": "半|减半|遏制",
    r"cheap": "廉价|便宜|低成本",
    r"poor": "差|不佳|贫|不良|不好|糟",
    r"bad": "坏|差|不良|糟",
    r"hurt|harm|impair|compromis|sacrific|detriment": "损害|有害|危害|伤害|牺牲|受损|妥协|影响|损伤|障碍",
    r"decay": "衰减|衰变",
    r"descen": "梯度下降|下降法|后代|血统",
    r"declin": "衰退",
    r"degrad": "降解",
    r"deteriorat": "恶化|退化",
    r"deplet": "耗尽|枯竭",
    r"defici": "缺陷|不足|缺乏|缺失|赤字",
    r"regress": "回归|退化|倒退",
    r"tight": "紧",
    r"lack": "缺乏|缺少|缺失|不足|没有",
    r"insufficient": "不足|不充分|不够",
    r"thin": "薄|细",
    r"shallow": "浅",
    r"sink|sank": "沉|汇",
    r"amorti": "摊",
    r"relax": "松弛|放宽|放松",
    r"(?:no|not)\s+(?:\w+\s+){0,2}(?:more|exceed)": "",
    r"limit": "限|极限|局限",
    r"disadvantag": "劣势|缺点|弱势|不利",
    r"lag|behind": "落后|滞后|背后",
    r"trail": "落后|轨迹|踪迹",
    r"fail": "失败|失效|未能|无法|难以|不能|故障",
    r"gap": "差距|差异|鸿沟|间隙|空白|缺口",
    r"vanish": "消失|趋于零",
    r"dissipat": "耗散",
    r"scarc": "稀缺|匮乏|缺乏",
    r"spars": "稀疏",
    r"avoid": "避免|规避|回避",
    r"restrict": "限制|受限|约束",
    r"simplif": "简化",
    r"contract": "收缩|合同|合约",
    r"within": "内|中",
    r"rarely": "很少|鲜|罕",
    r"no\s+\w+er": "",
    r"than\s+\d": "",
    r"as\s+(?:low|little|few)\s+as": "",
    r"cool": "冷却",
    r"condens": "凝聚|压缩|凝练|浓缩",
    r"accessib|easier|facilitat": "可访问|可及|易于|便于|促进|更容易|更易",
}
# Each begins with a character, not with what must stand before it: so the whole is fast to search for.
_ZH_RISES = re.compile(
    r"提高|提升|增加(?<!数据增加)|增大|增长(?<!日益增长)|增强(?!学习)|上升|升高|升至|升到|更[高多大快长强好优宽深]|较[高多大快长强好优宽深]|优于|高于(?<!不高于)|大于(?<!不大于)|多于(?<!不多于)|强于|快于|长于|好于|"
    r"超过(?<!不超过)|超越|胜过|超出|最高|最大(?!化|似然|熵|池化|流|割|值|团)|最快|最强|至少|延长|扩大|改善|加快|拓宽|放大|加强|不少于|不低于|不小于"
)
_ZH_FALLS = re.compile(
    r"降低|减少|减小|下降(?!幅度|法)|降至|降到|减弱|削弱|缩短|缩小|收窄|恶化|更[低少小慢短弱差窄浅]|较[低少小慢短弱差窄浅]|劣于|低于(?<!不低于)|小于(?<!不小于)|少于(?<!不少于)|弱于|"
    r"慢于|短于|差于|不及|不如|逊于|最低|最小(?!化|二乘|值|生成|割|作用|均方|描述)|最少|最慢|最差|至多|不超过|不多于|不高于|不大于"
)


_BOUNDED = re.compile(r"\bup\s+to\b|\b(?:upper[\s-])?bound(?:s|ed)?\b|\bwithin\b", re.IGNORECASE)
_ZH_BOUNDS = {"至多", "不超过", "不多于", "不高于", "不大于"}
"""What “up to” may become; it may also become 高达."""


class _Explains:
    """Counts the English words that may stand behind a Chinese word of one direction."""

    def __init__(self, rows: dict[str, str]) -> None:
        self._otherwise = [re.compile(otherwise or "(?!)") for otherwise in rows.values()]
        phrases = {n: stem for n, stem in enumerate(rows) if re.search(r"\\[sd]", stem)}
        self._phrase, self._word = (
            re.compile(r"\b(?:" + "|".join(f"(?P<w{n}>{stem})" for n, stem in each.items()) + ")", re.IGNORECASE)
            for each in (phrases, {n: stem for n, stem in enumerate(rows) if n not in phrases})
        )
        self._row = lru_cache(maxsize=20_000)(self._row_of)
        """Remembered: a hundred alternatives are slow to try on every word again."""

    def count(self, english: str, chinese: str) -> int:
        """Those that are told otherwise in this Chinese apart."""
        rows = [int(str(phrase.lastgroup)[1:]) for phrase in self._phrase.finditer(english)]
        rows += [row for row in map(self._row, _LETTERS.findall(english)) if row is not None]
        told = [row for row in rows if not self._otherwise[row].search(chinese)]
        return len(told) if any(told) else 0  # row 0, another number, repeats a verb and is none itself

    def _row_of(self, word: str) -> int | None:
        found = self._word.match(word)
        return int(str(found.lastgroup)[1:]) if found else None


_LETTERS = re.compile(r"\b[A-Za-z]?[^\WA-Z]+\b")
"""Words; LightRAG is none."""
_EXPLAINS_RISE, _EXPLAINS_FALL = _Explains(_MAY_RISE), _Explains(_MAY_FALL)


def direction(analysis: Analysis) -> Iterator[str]:
    """A sentence whose direction is reversed, or whose sides are swapped."""
    for pair in analysis.pairs:
        if found := _reversed(pair) or _swapped(pair):
            english, chinese = found
            yield f"方向与原文相反：原文{quoted(english)}，译文{quoted(chinese)}"
    for english, chinese in contradicted(analysis):
        yield f"方向与原文相反：原文{quoted(english)}，译文{quoted(chinese)}"
    for change in against_its_numbers(analysis):
        yield f"升降与数字不符：{quoted(change)}"
    yield from unsigned(analysis)


def _reversed(pair: SentencePair) -> tuple[str, str] | None:
    """The English word and the Chinese one that contradict each other, each with what stands around it."""
    rises, falls = list(_ZH_RISES.finditer(pair.chinese)), list(_ZH_FALLS.finditer(pair.chinese))
    if not rises and not falls:  # mutant: only faster
        return None
    if _BOUNDED.search(pair.english):
        falls = [fall for fall in falls if fall[0] not in _ZH_BOUNDS]
    english = _NO_DIRECTION.sub(lambda term: " " * len(term[0]), pair.english)
    rest = _ZH_FALLS.sub("。", _ZH_RISES.sub("。", pair.chinese))
    if rises and len(rises) > _EXPLAINS_RISE.count(english, rest) and _EXPLAINS_FALL.count(english, rest) > len(falls):
        accused, wronged = rises[-1], _FALLS
    elif (
        falls and len(falls) > _EXPLAINS_FALL.count(english, rest) and _EXPLAINS_RISE.count(english, rest) > len(rises)
    ):
        accused, wronged = falls[-1], _RISES
    else:
        return None
    if _is_converse(pair, accused[0]):
        return None
    said = wronged.search(english)
    return (_around(pair.english, said, 20) if said else pair.english), _around(pair.chinese, accused, 10)


def _around(text: str, found: re.Match[str], reach: int) -> str:
    return text[max(0, found.start() - reach) : found.end() + reach].strip()


_NAME = r"(?<![A-Za-z0-9-])[A-Z][A-Za-z0-9-]{2,40}(?![A-Za-z0-9-])"
_BEATS = re.compile(
    rf"({_NAME})(?:\s+(?!(?:is|are|was|were|been|be|not)\b)\w+){{0,2}}?\s+(?:outperforms?|outperformed|surpass(?:es|ed)?|exceed(?:s|ed)?|beats?)\s+(?:\w+\s+){{0,2}}?({_NAME})"
)
_ZH_BEATS = re.compile(
    rf"({_NAME})[^，。；A-Za-z]{{0,8}}(?:优于|超过|超越|强于|胜过|击败|高于)了?\s*[^，。；A-Za-z]{{0,4}}({_NAME})"
)


_SIDES = re.compile(
    rf"[Cc]ompared\s+(?:with|to)\s+(?P<y1>{_NAME}),\s+(?P<x1>{_NAME})|(?P<x2>{_NAME})\s[^.;]{{1,80}}?\bthan\s+(?:\w+\s+){{0,2}}(?P<y2>{_NAME})"
)
_ZH_SIDES = re.compile(
    rf"[与和跟同较]\s*(?P<y1>{_NAME})[^，。；A-Za-z]{{0,6}}相比，?\s*(?P<x1>{_NAME})|(?P<x2>{_NAME})[^，。；A-Za-z]{{0,8}}[比如]\s*(?P<y2>{_NAME})"
)


def _is_converse(pair: SentencePair, accused: str) -> bool:
    """B needs more than A, for A needs less than B. Sides without a name are not known: B 不如 A is how Chinese says it."""
    english, chinese = _SIDES.search(pair.english), _ZH_SIDES.search(pair.chinese)
    if not english or not chinese:
        return accused == "不如"
    (one, other), (first, second) = (
        (found["x1"] or found["x2"], found["y1"] or found["y2"]) for found in (english, chinese)
    )
    return one == second and other == first


def _swapped(pair: SentencePair) -> tuple[str, str] | None:
    """A outperforms B, but B优于A."""
    for each in _ZH_BEATS.finditer(pair.chinese):
        wins = {(won[1], won[2]): won[0] for won in _BEATS.finditer(pair.english)}
        if (each[2], each[1]) in wins and (each[1], each[2]) not in wins and each[1] != each[2]:
            return wins[each[2], each[1]], each[0]
    return None
