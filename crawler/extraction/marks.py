"""What the class and id words of an element say about it: a vocabulary, not a list of sites."""

import re
from functools import lru_cache
from itertools import pairwise


class Mark:
    """What an element's name says that it holds; what lies inside inherits it.

    Bits of a plain int: an `IntFlag` makes the walk over a page three times slower.
    """

    NONE = 0
    NAVIGATION = 1 << 0
    CRUMB = 1 << 1
    COMMENT = 1 << 2
    RELATED = 1 << 3
    SHARE = 1 << 4
    FOOT = 1 << 5  # copyright, disclaimer, the page's own foot
    CAPTION = 1 << 6
    ADVERT = 1 << 7
    HEADLINE = 1 << 8
    SOURCE = 1 << 9
    TIME = 1 << 10
    AUTHOR = 1 << 11
    KICKER = 1 << 12
    SUBHEADLINE = 1 << 13
    HIDDEN = 1 << 14
    CENTRED = 1 << 15
    PICTURE = 1 << 16  # what a picture stands in
    EDITOR = 1 << 17


# Inside an article's container these are not the article.
BOILERPLATE = (
    Mark.NAVIGATION,
    Mark.CRUMB,
    Mark.COMMENT,
    Mark.RELATED,
    Mark.SHARE,
    Mark.FOOT,
    Mark.ADVERT,
)

_WORDS: dict[int, str] = {
    Mark.NAVIGATION: "nav navi navbar navigation menu submenu topbar daohang pagination pager "
    "pages fenye pagenav",
    Mark.CRUMB: "crumb crumbs breadcrumb breadcrumbs bread mianbaoxie mbx weizhi position "
    "location curpos curposition currentposition dqwz local daohanglujing path pos lujing",
    Mark.COMMENT: "comment comments pinglun pl discuss reply replies gentie post-comment cmt",
    Mark.RELATED: "related relate relates relative recommend recommends recommended recomm "
    "tuijian xiangguan xgnews xgyd xgxw hot hots hotnews rank ranking paihang guess like likes "
    "relatedposts morenews yuedu extend aside sidebar sidebox side rightbar",
    Mark.SHARE: "share shares sharebox sharedaddy bshare jiathis bdshare bdsharebuttonbox social "
    "qrcode ewm erweima weixin wechat fenxiang toolbar tools app appdown download vote votes "
    "voting toupiao poll polls survey",
    Mark.FOOT: "foot footer copyright copyrights banquan disclaimer shengming mianze statement "
    "declare copy",
    Mark.CAPTION: "caption figcaption imgdesc picdesc picnote pictxt pictext tushuo tuzhu "
    "imginfo picinfo imgtitle imgtxt imgnote photodesc imagedesc picturedesc figuredesc "
    "imagecaption imgcaption piccaption photocaption imagetitle imageinfo photoinfo artimgdesc",
    Mark.ADVERT: "ad ads adv advert advertisement adbox adsbox guanggao gg gga adsense "
    "sponsor banner promo promos promotion",
    Mark.HEADLINE: "title titles headline biaoti bt h1 tit arttitle articletitle maintitle "
    "newstitle contitle bigtitle caption-title",
    Mark.SOURCE: "source sources laiyuan ly copyfrom origin mediasource medianame "
    "newssource artsource",
    Mark.TIME: "time date pubtime pubdate publish published publishtime publishdate datetime "
    "timestamp shijian riqi fabushijian newstime ptime issuetime rq sj",
    Mark.AUTHOR: "author authors byline writer zuozhe reporter jizhe account accountname "
    "authorname nickname mpname",
    Mark.EDITOR: "editor editors bianji zebian zeren",
    Mark.KICKER: "kicker yinti pretitle yt jianti shoulderline",
    Mark.SUBHEADLINE: "subtitle subheadline futi fubiaoti subhead ft deck secondtitle",
    Mark.PICTURE: "photo photos image images img pic pics picture pictures tupian figure",
    Mark.CENTRED: "center centered textcenter tac juzhong",
}
_BY_WORD: dict[str, int] = {}
for _mark, _words in _WORDS.items():
    for _word in _words.split():
        _BY_WORD[_word] = _BY_WORD.get(_word, Mark.NONE) | _mark
# camelCase and digits part words as dashes do.
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAME = re.compile(r"[^\s]+")


@lru_cache(maxsize=8192)
def marks_of(names: str) -> int:
    """Return what class and id names, parted by spaces, say together."""
    found = Mark.NONE
    for name in _NAME.findall(names[:400]):
        pieces = [piece.lower() for piece in _PIECE.findall(name)]
        found |= _BY_WORD.get("".join(pieces), Mark.NONE)
        whole_words = name.islower()  # in `dLyVd` two letters say nothing
        for piece in pieces:
            if whole_words or len(piece) > 2:
                found |= _BY_WORD.get(piece, Mark.NONE)
        for pair in pairwise(pieces):
            found |= _BY_WORD.get("".join(pair), Mark.NONE)
    return found
