"""Draws the plan of the sample site from a seed: what is published, edited, removed, restored."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from variorum.demo.edits import Draft, Edit, Editing, all_edits
from variorum.demo.newsroom import CITY_PATH, ZONE, Newsroom, Story
from variorum.demo.timeline import Course, Habit, ListHiccup, Served, Timeline

# A fixed Monday morning: the same seed gives the same texts and times on every machine and day.
EPOCH = datetime(2026, 3, 2, 8, 0, tzinfo=ZONE)
ROUND_HOURS = (0, 1, 5, 10, 24, 30, 48, 54)
FIRST_STORIES = 36
NEW_STORIES = (0, 2, 3, 1, 2, 1, 0)  # published before each later round
QUIET = 0  # nothing but noise between the first two rounds
LAST = len(ROUND_HOURS) - 2  # the last stretch between two rounds

# When each is taken away and comes back (number of the stretch between rounds). A removal lasts
# over two rounds at least, so that a second look can confirm it.
_REMOVALS = (
    (Habit.NOT_FOUND, (1, 5), None),
    (Habit.GONE, (1, 6), None),
    (Habit.NOTICE, (1, 5), None),
    (Habit.REDIRECT_HOME, (1, 5), None),
    (Habit.NOT_FOUND, (1, 2), (4, 6)),
    (Habit.NOTICE, (1, 3), (5, 6)),
    (Habit.GONE, (1, 3), (5, 6)),
)
_RETURN_EDITED = 5  # the index above of the article that comes back with another text


@dataclass(slots=True)
class _Draw:
    """The plan while it is being drawn, stretch by stretch."""

    rng: Random
    newsroom: Newsroom
    rounds: tuple[datetime, ...]
    courses: list[Course] = field(default_factory=list)
    untouchable: set[str] = field(default_factory=set)  # paths with a course of their own

    def moment(self, stretch: int) -> datetime:
        """Draw a time between two rounds, well away from both."""
        start, end = self.rounds[stretch], self.rounds[stretch + 1]
        margin = timedelta(minutes=12)
        seconds = int((end - start - 2 * margin).total_seconds())
        return start + margin + timedelta(seconds=self.rng.randrange(seconds))

    def editable(self, stretch: int) -> list[Course]:
        """Return the courses that are served and were not touched in this stretch, shuffled."""
        start = self.rounds[stretch]
        courses = [
            course
            for course in self.courses
            if course.path not in self.untouchable
            and course.last.habit is None
            and course.last.at < start
        ]
        return self.rng.sample(courses, len(courses))


def draw_timeline(seed: int) -> Timeline:
    """Draw the whole plan; the same seed gives the same plan."""
    rounds = tuple(EPOCH + timedelta(hours=hours) for hours in ROUND_HOURS)
    draw = _Draw(Random(f"{seed}/plan"), Newsroom(seed), rounds)
    _publish_first(draw)
    specials = _draw_specials(draw)
    edits = _spread_edits(draw)
    for stretch in range(QUIET + 1, LAST + 1):
        for special in specials:
            special.play(draw, stretch)
        for editing in edits[stretch]:
            _edit_any(draw, stretch, editing)
        for _ in range(NEW_STORIES[stretch]):
            at = draw.moment(stretch)
            draw.courses.append(Course([Served(at, draw.newsroom.compose(at))]))
    courses = {course.path: course for course in draw.courses}
    return Timeline(seed, rounds, courses, (_draw_list_hiccup(draw),))


def _publish_first(draw: _Draw) -> None:
    """Publish what stands on the site when it is first seen: the last eight days' stories."""
    times: list[datetime] = []
    while len(times) < FIRST_STORIES:
        at = EPOCH - timedelta(seconds=int(draw.rng.uniform(0.6, 190) * 3600))
        if at.hour >= 6:  # nobody publishes at night
            times.append(at)
    for at in sorted(times):
        draw.courses.append(Course([Served(at, draw.newsroom.compose(at))]))


@dataclass(slots=True)
class _Special:
    """A course fixed beforehand for one article: what happens to it in which stretch."""

    course: Course
    steps: dict[int, str]
    habit: Habit = Habit.NOT_FOUND
    edited: bool = False
    editing: Editing | None = None

    def play(self, draw: _Draw, stretch: int) -> None:
        """Let happen what is to happen in this stretch."""
        step = self.steps.get(stretch)
        if step == "remove":
            served = replace(self.course.last, at=draw.moment(stretch), habit=self.habit, edits=())
            self.course.entries.append(served)
        elif step == "return":
            self._return(draw, stretch)
        elif step == "edit" and self.editing:
            _edit(draw, self.course, stretch, self.editing)
        elif step == "revert":
            self._revert(draw, stretch)

    def _return(self, draw: _Draw, stretch: int) -> None:
        story = self.course.last.story
        edits: tuple[Edit, ...] = ()
        if self.edited and (draft := _first_draft(draw, story)):
            story, edits = draft[0], (draft[1],)
        self.course.entries.append(Served(draw.moment(stretch), story, edits=edits))

    def _revert(self, draw: _Draw, stretch: int) -> None:
        """Serve again what was served before the last edit."""
        last, before = self.course.last, self.course.entries[-2]
        edits = tuple(
            Edit("reversal", edit.field, edit.kinds, f"taken back: {edit.what}")
            for edit in last.edits
        )
        self.course.entries.append(Served(draw.moment(stretch), before.story, edits=edits))


def _first_draft(draw: _Draw, story: Story) -> Draft | None:
    """Return the first edit of the body that applies to a story."""
    edits = _editings(draw)
    names = ("number", "addition", "headline", "editor")
    drafts = (edits[name](story, draw.rng) for name in names)
    return next((draft for draft in drafts if draft), None)


def _editings(draw: _Draw) -> dict[str, Editing]:
    return all_edits(draw.newsroom.staff, draw.newsroom.world.pools["outlet"])


def _draw_specials(draw: _Draw) -> list[_Special]:
    """Choose the articles that are removed, restored, changed back, or hit by a hiccup."""
    courses = draw.rng.sample(draw.courses, len(draw.courses))
    specials = [_removal(draw, index, courses.pop()) for index in range(len(_REMOVALS))]
    editings = _editings(draw)
    for name in ("headline", "number"):
        course = next(c for c in courses if editings[name](c.last.story, Random(0)))
        courses.remove(course)
        start = draw.rng.randint(1, 3)
        steps = {start: "edit", draw.rng.randint(start + 1, LAST): "revert"}
        specials.append(_Special(course, steps, editing=editings[name]))
    draw.untouchable |= {special.course.path for special in specials}
    _draw_hiccups(draw, courses.pop(), courses.pop())
    for course in courses[:3]:
        course.delisted_at = draw.moment(draw.rng.randint(1, 3))
    # What no list shows any more can still be edited, and must still be looked at.
    specials.append(_Special(courses[0], {5: "edit"}, editing=editings["number"]))
    return specials


def _removal(draw: _Draw, index: int, course: Course) -> _Special:
    habit, between, back = _REMOVALS[index]
    steps = {draw.rng.randint(*between): "remove"}
    if back:
        steps[draw.rng.randint(*back)] = "return"
    return _Special(course, steps, habit, edited=index == _RETURN_EDITED)


def _draw_hiccups(draw: _Draw, failing: Course, missing: Course) -> None:
    """Let one article answer 500 and another 404 in one round only: neither is a removal."""
    for course, habit in ((failing, Habit.ERROR), (missing, Habit.NOT_FOUND)):
        stretch = draw.rng.randint(QUIET, LAST - 1)
        start, end = draw.moment(stretch), draw.moment(stretch + 1)
        story = course.last.story
        course.entries.append(Served(start, story, habit, hiccup=True))
        course.entries.append(Served(end, story, hiccup=True))
        draw.untouchable.add(course.path)


def _draw_list_hiccup(draw: _Draw) -> ListHiccup:
    """Let a list page fail in the quiet round, where it can hide nothing new."""
    channel = draw.rng.choice(sorted(draw.newsroom.world.channels))
    start, end = draw.moment(QUIET), draw.moment(QUIET + 1)
    return ListHiccup(f"{CITY_PATH}/{channel}/", start, end)


def _spread_edits(draw: _Draw) -> dict[int, list[Editing]]:
    """Deal every edit to a stretch, the most telling ones twice, and some at random."""
    editings = _editings(draw)
    names = [*editings, "number", "number", "headline", "addition", "quotation", "typo"]
    names += draw.rng.choices(sorted(editings), k=6)
    draw.rng.shuffle(names)
    stretches = list(range(QUIET + 1, LAST + 1))
    dealt: dict[int, list[Editing]] = {stretch: [] for stretch in stretches}
    for index, name in enumerate(names):
        dealt[stretches[index % len(stretches)]].append(editings[name])
    return dealt


def _edit_any(draw: _Draw, stretch: int, editing: Editing) -> None:
    """Make an edit on whichever article it applies to."""
    for course in draw.editable(stretch):
        if _edit(draw, course, stretch, editing):
            return


def _edit(draw: _Draw, course: Course, stretch: int, editing: Editing) -> bool:
    """Make an edit, now and then together with a second one of another field."""
    draft = editing(course.last.story, draw.rng)
    if draft is None:
        return False
    story, edit = draft
    edits = [edit]
    if draw.rng.random() < 0.15:
        second = _editings(draw)["editor"](story, draw.rng)
        if second and second[1].field != edit.field:
            story = second[0]
            edits.append(second[1])
    course.entries.append(Served(draw.moment(stretch), story, edits=tuple(edits)))
    return True


def timeline_edits(timeline: Timeline) -> Iterator[tuple[Served, Edit]]:
    """Yield every edit of the plan with where and when it is served."""
    for course in timeline.courses.values():
        for served in course.entries:
            for edit in served.edits:
                yield served, edit
