"""Whether an article fell off a list with age or was taken off it."""

from collections.abc import Sequence
from datetime import datetime

# So many older articles, and this share of the list, have to be named still: a few stand on lists
# for ever.
_LEAST_OLDER, _LEAST_SHARE = 3, 0.2


def was_pulled(dated: datetime, listed: Sequence[datetime]) -> bool:
    """Tell whether an article that a list no longer names was taken off it.

    `dated` is its time, `listed` the times of the articles that the list names now. One that fell
    off with age leaves hardly an older one behind.
    """
    older = sum(time < dated for time in listed)
    return older >= _LEAST_OLDER and older >= _LEAST_SHARE * len(listed)
