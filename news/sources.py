"""Sources as outlets: several named in one line kept apart, and one outlet's names made one."""

import re

from news.datelines import clean_source
from news.names import is_organization
from news.text import fold, squeeze

_JOINTS = re.compile(r"\s?[、，,;；/|｜+＋]\s?|\s+(?:综合)?")
# Where an outlet publishes, which makes no other outlet of it.
_CHANNEL = re.compile(
    r"(?:官方)?(?:客户端|微信公众号|公众号|微信号|微信|微博|视频号|头条号|抖音号|网站|官网|App|APP|app)$"
)
_SHORTEST = 2


def split_sources(printed: str) -> tuple[str, ...]:
    """Return the outlets that a printed source names, each once, in order.

    A source is parted only where every part is an outlet by its own name, so that
    `某报-某网` and a name with a space in it stay whole.
    """
    parts = [part for part in _JOINTS.split(squeeze(printed).removesuffix("等")) if part]
    if len(parts) > 1 and all(is_organization(fold(part)) for part in parts):
        return tuple(dict.fromkeys(name for part in parts if (name := clean_source(part))))
    return (printed,)


def outlet_name(printed: str) -> str:
    """Return the name of the outlet that a printed source stands for, the source itself if of none.

    `《某报》`, `某报客户端` and `某报 某报客户端` are all of 某报; of several outlets none is the
    source alone, so they keep the printed form.
    """
    names = {_without_channel(name) for name in split_sources(clean_source(printed) or printed)}
    return names.pop() if len(names) == 1 else printed


def _without_channel(name: str) -> str:
    bare = _CHANNEL.sub("", name).rstrip(" ·-")
    return bare if len(bare) > _SHORTEST and is_organization(fold(bare)) else name
