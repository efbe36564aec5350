"""Text primitives shared by every reader: whitespace, and one spelling for marks and labels."""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]+"
)
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")

# Marks that mean the same in a credit line, each to one spelling; brackets of every shape are one.
_MARKS = {
    "：︰∶﹕︓꞉": ":",
    "（［【〔〖﹝﹙｛[{〈": "(",
    "）］】〕〗﹞﹚｝]}〉": ")",
    "／∕╱⁄⧸": "/",
    "｜丨│┃❘∣︱ǀ║¦": "|",
    "，﹐": ",",
    "；﹔": ";",
    "。．": "。",
    "•・‧∙⋅●": "·",
    "‐‑‒–−－": "-",
    "—―─━": "—",
    "＋": "+",
    "＆": "&",
    "＿": "_",
    "＠": "@",
    "＊": "*",
    "「『“”„‟＂": '"',
    "」』": '"',
    "！": "!",
    "？": "?",
}

# Traditional forms of the characters that labels, titles, outlets, surnames and dates use.
_TRADITIONAL = (
    "記记輯辑責责審审編编攝摄圖图導导報报訊讯員员實实習习譯译寫写採采訪访資资訊讯"
    "對对監监製制統统籌筹設设計计畫画視视頻频後后聞闻發发來来轉转載载據据電电臺台"
    "灣湾聯联綜综線线網网體体視视訪访談谈專专題题時时間间標标創创點点擊击瀏浏覽览閱阅讀读"
    "張张陳陈劉刘楊杨趙赵黃黄吳吴週周孫孙馬马羅罗鄭郑謝谢許许鄧邓馮冯葉叶蘇苏呂吕盧卢蔣蒋"
    "賈贾鍾钟譚谭陸陆範范韓韩蕭萧鄒邹龍龙萬万錢钱湯汤賴赖龔龚嚴严蘭兰顏颜溫温羋芈莊庄閻阎"
    "衛卫歐欧陽阳諸诸馬马連连藍蓝簡简華华關关單单聶聂駱骆盧卢竇窦龐庞喬乔齊齐"
    "賀贺顧顾鮑鲍榮荣費费齊齐項项紀纪鄔邬閔闵駱骆應应馮冯鈕钮魯鲁"
    "韋韦畢毕滿满師师壽寿湊凑巖岩鄺邝鞏巩鄧邓凱凯許许區区縣县國国東东門门廣广學学務务會会"
    "黨党團团廳厅處处職职單单機机構构業业協协醫医書书館馆場场園园動动態态訂订簽签總总監监"
    "執执筆笔顧顾問问錄录產产攝摄錄录運运營营數数據据開开終终複复復复檢检覆复劃划組组剛刚"
    "鐘钟點点號号滬沪蘇苏遼辽龍龙寧宁慶庆濟济漢汉穀谷紐纽約约倫伦東东雲云緬缅"
    "門门嶼屿連连馬马麗丽號号讓让這这個个們们從从為为與与說说過过對对獲获"
    "酈郦欒栾賁贲儲储闞阚麥麦農农繆缪嶽岳蘆芦談谈婁娄鮮鲜於于烏乌紅红薊蓟車车陰阴貢贡勞劳強强厲厉練练遲迟匯汇澤泽賓宾"
    "蓮莲義义貴贵肅肃陝陕濱滨爾尔瀋沈揚扬鎮镇鄉乡瓊琼鳳凤僑侨徵征憲宪認认釋释聲声說说財财經经壇坛"
)


def _folding() -> dict[int, str]:
    table = {ord(mark): plain for marks, plain in _MARKS.items() for mark in marks}
    pairs = zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)
    table.update({ord(old): new for old, new in pairs if old != new})
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF1A)})
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF21, 0xFF3B)})
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF41, 0xFF5B)})
    return table


_FOLDING = _folding()


def visible(text: str) -> str:
    """Return the text without zero-width and control characters; whitespace stays."""
    return _INVISIBLE.sub("", text)


def squeeze(text: str) -> str:
    """Collapse every run of whitespace, U+3000 and NBSP included, to one space, and strip.

    Zero-width and control characters are dropped. `squeeze` of a squeezed text is the text.
    """
    return _SPACES.sub(" ", visible(text)).strip()


def squeeze_lines(text: str) -> str:
    """Collapse blanks within lines and drop empty lines; the line breaks that remain are LF."""
    lines = (_BLANKS.sub(" ", line).strip() for line in visible(text).splitlines())
    return "\n".join(line for line in lines if line)


def fold(text: str) -> str:
    """Return the text with one spelling for equal marks, digits and label characters.

    Maps one character to one, so that every position in the result is the same position in
    `text`: full-width forms to ASCII, all brackets to `()`, and those traditional characters
    that labels, titles, surnames and dates use to simplified ones.
    """
    return text.translate(_FOLDING)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a table that is written as one text with spaces between them."""
    return tuple(text.split())


def is_han(char: str) -> bool:
    """Say whether a character is a Han character (basic block, extension A, or beyond the BMP)."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char >= "\U00020000"


def all_han(text: str) -> bool:
    """Say whether a text is one or more Han characters and nothing else."""
    return bool(text) and all(is_han(char) for char in text)
