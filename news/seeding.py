"""When to look at a seed again: an interval that follows how often new articles appear on it.

Looking f times an hour where articles appear λ times an hour costs λ/(2f) hours of delay and f
fetches; with a price on a fetch the sum is least at f ∝ √λ (Sia, Cho & Cho's rule for feeds).
The price is stated as the pace: so many looks an hour where one article an hour appears. λ is
learned from the looks themselves, older ones counting half after each half-life.
"""

import math
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class SeedPolicy:
    """The constants of looking at seeds."""

    pace: float = 2.0  # looks an hour at a seed on which one article an hour appears
    prior_arrivals: float = 1.0  # what is believed of a seed before it was looked at twice:
    prior_hours: float = 2.0  # so many articles in so many hours
    half_life: timedelta = timedelta(days=7)
    least: timedelta = timedelta(minutes=10)
    # A sitemap holds everything and is dear to make; the news is on the lists and feeds as well.
    least_sitemap: timedelta = timedelta(hours=1)
    most: timedelta = timedelta(hours=24)
    longest_gap: timedelta = timedelta(days=2)  # of one without looks so much counts as watched


SEED_POLICY = SeedPolicy()


@dataclass(frozen=True, slots=True)
class SeedRate:
    """New articles seen on a seed and the hours it was watched, both faded by age."""

    arrivals: float
    hours: float

    @property
    def an_hour(self) -> float:
        """New articles an hour."""
        return self.arrivals / self.hours


def prior_rate(policy: SeedPolicy = SEED_POLICY) -> SeedRate:
    """Return what is believed of a seed that was looked at once at most."""
    return SeedRate(policy.prior_arrivals, policy.prior_hours)


def after_seed_look(
    rate: SeedRate, elapsed: timedelta, new: int, policy: SeedPolicy = SEED_POLICY
) -> SeedRate:
    """Return what is believed after a look that found `new` articles, `elapsed` after the last.

    A long gap says little about the rate, since a list shows only its latest entries; what lies
    beyond `longest_gap` is left out.
    """
    watched = min(max(elapsed, timedelta()), policy.longest_gap)
    fading = math.exp2(-(watched / policy.half_life))
    return SeedRate(rate.arrivals * fading + new, rate.hours * fading + watched / _HOUR)


def seed_interval(
    rate: SeedRate, kind: str, failures: int = 0, policy: SeedPolicy = SEED_POLICY
) -> timedelta:
    """Return how long to wait until the next look; twice as long after each failure in a row."""
    least = policy.least_sitemap if kind == "sitemap" else policy.least
    looks_an_hour = policy.pace * math.sqrt(max(rate.an_hour, 1e-9))
    wanted = max(least, min(policy.most, _HOUR / looks_an_hour))
    return min(policy.most, wanted * float(2 ** min(failures, 10)))


_HOUR = timedelta(hours=1)
