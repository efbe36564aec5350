"""Names of people and organisations: telling them from words, and splitting glued ones."""

import re
from functools import lru_cache

from news.places import PLACES, is_place
from news.surnames import COMMON_WORDS, COMPOUND, FREQUENT, SURNAMES, SYLLABLES
from news.text import all_han, fold, words

# Characters of grammar and action that neither names nor offices use: a word that holds one is
# prose, whatever label precedes it.
STOP = frozenset(
    "厂的了是在我你您他她它们这那哪吗呢吧啊呀把被从对给让使因什怎么获悉说看到去问认称没很最些几即将着摄"
    "，。、；：？！“”‘’《》"
)
_ENDINGS = words(
    "联盟 科技 体育 娱乐 健康 日报 晚报 早报 时报 周报 商报 都市报 快报 导报 学报 校报 电视 广播 "
    "电台 卫视 总台 新闻 客户端 在线 频道 头条 融媒 融媒体 传媒 媒体 媒介 通讯 通讯社 杂志 周刊 "
    "经济报道 月刊 期刊 画报 公众号 微信 微博 微信号 视频 号外 中心 公司 集团 工作室 编辑部 办公室 "
    "委员会 委 宣传部 组织部 统战部 政法委 发布 政府 大学 学院 学校 中学 小学 医院 法院 检察院 "
    "研究院 研究所 研究会 协会 学会 联合会 基金会 出版社 事务所 支队 大队 总队 分局 公安 交警 "
    "消防 街道 社区 管委会 党委 党办 机关 工会 妇联 共青团 团委 文联 作协 观察 财经 网络 资讯 "
    "信息 平台 论坛 博客 云媒 新媒 智库 影像 视觉 图库 东方IC IC 中国 视界 电视台 广播台 发改委 "
    "侨联 残联 总工会 图书馆 博物馆 文化馆 档案馆 银行 酒店 景区 专班 指挥部 剧院 剧组 乐团 "
    "志愿者 志愿队 记者站 记者团 摄影部 音视频部 新媒体部 技术部 采编部 编委会 报社 杂志社 分社 "
    "总社"
)
# Endings that by themselves are common words.
_NO_OFFICE = frozenset(
    words(
        "联盟 科技 体育 娱乐 健康 财经 发布 视频 观察 中国 在线 频道 网络 信息 资讯 平台 影像 新闻 "
        "视界 委 机关 微信 微博 头条 银行 酒店"
    )
)
_ORG_SINGLE = frozenset("报网社台刊局厅办部院校委所处署厂馆端会号云科队站组园店庭组派")
_ORG_SINGLE_AFTER_SURNAME = frozenset("报网台局厅办部院委署")
# Outlets whose names look like a person's or carry no telling ending.
_OUTLETS = frozenset(
    words(
        "求是 读嘉 小康 央视 新华 澎湃 财新 界面 封面 红星 虎嗅 和讯 第一财经 金融界 新浪 搜狐 "
        "网易 腾讯 凤凰 中新社 中新网 中通社 中央社 法新社 路透社 美联社 路透 彭博 东方IC "
        "人民视觉 视觉中国 全景 千龙 大众 文汇 解放 光明 潇湘 云南 时报 上观 津云 每经 石榴云 "
        "交汇点 海报 极目 九派 大河 顶端 正观 上游 华龙 Xinhua XINHUA CGTN CCTV CNA AFP Reuters "
        "Bloomberg"
    )
)
# Words in the names of outlets that hold a character of grammar.
_NOT_GRAMMAR = re.compile("在线|即时(?=(?:新闻)?中心)|看看新闻")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z.'’-]{0,24}(?: [A-Za-z.][A-Za-z.'’-]{0,24}){0,3}")
_DOTTED_NAME = re.compile(r"[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,10}){1,4}")
_ENGLISH_OUTLET = re.compile(
    r"(?<=[A-Za-z] )(?:Daily|Times|Post|News|Agency|Journal|Herald|Weekly|Press|Network|TV|Radio"
    r"|Online|Today|Review|Tribune|Standard|Observer)$"
)
_CODE = re.compile(r"[_\-(]*[A-Za-z]{0,4}\d{2,8}[A-Za-z]?\)?$")
_PLACEHOLDERS = frozenset(
    words(
        "未知 佚名 匿名 网络 网络整理 互联网 网上 本站 本网 本报 本刊 本台 本社 本站整理 "
        "本站原创 原创 转载 转帖 综合 综合整理 系统管理员 管理员 超级管理员 网站管理员 admin "
        "administrator root editor test 无 暂无 不详 不明 其他 其它 来源网络 网络转载 本网综合 "
        "综合报道 资料图 资料图片 资料照片 受访者 受访者供图 受访单位 被访者 采访对象 当事人 "
        "作者 编辑 记者 通讯员 小编 本报综合 网友 读者 none null nan undefined 佚名网友 "
        "匿名用户 网络图片 网络来源 整理 投稿 用户投稿 来源 网站 系统 默认 空 见文中 见图 "
        "网上图片 网路图片 图片来自网络 "
        "见水印 如图 同上 图源网络 图片 照片 视频截图 截图 视频 作者供图 站内 站长 游客 访客"
    )
)


def is_placeholder(text: str) -> bool:
    """Say whether a printed value stands for nobody: 未知, 网络整理, a bare staff code."""
    folded = fold(text).strip().lower()
    bare = folded.replace(" ", "")
    return bare in _PLACEHOLDERS or not any(char.isalpha() for char in bare) or is_code(bare)


def is_code(text: str) -> bool:
    """Say whether a word is nothing but a staff code such as NF4425 or 010030."""
    return bool(_CODE.fullmatch(text))


def drop_code(text: str) -> str:
    """Return a name without the staff code after it: 杨某_NF4425 is 杨某."""
    kept = _CODE.sub("", text).rstrip("_- (")
    return kept or text


@lru_cache(maxsize=4096)
def is_person(text: str) -> bool:
    """Say whether a folded word is surely one person's name, by its own characters alone."""
    if _DOTTED_NAME.fullmatch(text):
        return not is_organization(text)
    if not all_han(text) or text in COMMON_WORDS or is_organization(text):
        return False
    return _is_han_name(text) or _is_transliterated(text)


def is_common_name(text: str) -> bool:
    """Say whether a folded word is a name beyond doubt: of a frequent or compound surname."""
    return is_person(text) and (text[0] in FREQUENT or text[:2] in COMPOUND)


def _is_han_name(text: str) -> bool:
    if text in PLACES or text in COMMON_WORDS or len(text) > 4:
        return False
    if text[:2] in COMPOUND and 3 <= len(text) <= 4:
        return not STOP & set(text[2:])
    return text[0] in SURNAMES and 2 <= len(text) <= 3 and not STOP & set(text[1:])


def _is_transliterated(text: str) -> bool:
    return 3 <= len(text) <= 8 and text not in PLACES and all(char in SYLLABLES for char in text)


@lru_cache(maxsize=4096)
def is_possible_person(text: str) -> bool:
    """Say whether a folded word may be a name where a label or a list announces one.

    Wider than `is_person`: pen names, Latin names, names without a listed surname.
    """
    if is_person(text) or _LATIN_NAME.fullmatch(text):
        return True
    return all_han(text) and 2 <= len(text) <= 5 and not STOP & set(text) and not is_place(text)


@lru_cache(maxsize=4096)
def is_organization(text: str) -> bool:
    """Say whether a folded word names an organisation, by its ending or as a known outlet."""
    if text in _OUTLETS or _ENGLISH_OUTLET.search(text):
        return True
    if (
        len(text) < 2
        or text in _NO_OFFICE
        or "来自" in text
        or STOP & set(_NOT_GRAMMAR.sub("", text))
    ):
        return False
    if "·" in text and any(is_organization(part) for part in text.split("·") if part):
        return True
    if text.endswith(_ENDINGS):
        return len(text) >= 3 or text[0] not in SURNAMES
    return _ends_like_organization(text)


def _ends_like_organization(text: str) -> bool:
    if text[-1] not in _ORG_SINGLE:
        return text.lower().endswith(("app", "news", ".com", ".cn", "net", "+"))
    if len(text) <= 3 and text[0] in SURNAMES:
        return text[-1] in _ORG_SINGLE_AFTER_SURNAME
    return len(text) >= 3 and (text[-1] in "报网" or not _glued(text))


def split_names(text: str) -> tuple[str, ...]:
    """Split a folded run of Han characters into the names glued together in it.

    One name gives itself; a run that does not divide into names gives ().
    """
    if is_person(text):
        return (text,)
    return _glued(text) if 4 <= len(text) <= 15 and all_han(text) else ()


@lru_cache(maxsize=4096)
def _glued(text: str) -> tuple[str, ...]:
    """Return the cheapest division into surname-led names, found from the end backwards."""
    best: list[tuple[float, tuple[str, ...]] | None] = [None] * len(text) + [(0.0, ())]
    for start in range(len(text) - 2, -1, -1):
        for length in (2, 3, 4):
            rest = best[start + length] if start + length <= len(text) else None
            price = _price(text[start : start + length])
            if rest is None or price is None:
                continue
            total = rest[0] + price
            if (known := best[start]) is None or total < known[0]:
                best[start] = (total, (text[start : start + length], *rest[1]))
    found = best[0]
    return found[1] if found else ()


def _price(name: str) -> float | None:
    """Price a reading as one name, or return None if it is none.

    Three characters and a common surname are the usual case; the figures only rank readings.
    """
    if name[:2] in COMPOUND and len(name) >= 3:
        return 0.5
    if len(name) > 3 or not _is_han_name(name):
        return None
    return (0.0 if name[0] in FREQUENT else 1.5) + (0.0 if len(name) == 3 else 0.6) + 0.5
