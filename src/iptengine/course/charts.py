"""Charts: the states something can be in, and a machine that knows every move between them.

The phases of a protocol are a chart, so are the stages of a problem area, an appointment, an alert.
Each is built once as a ``transitions`` machine that all courses share.
The course keeps its own state and brings it along::

    new = chart(spec).drive(state, trigger, reasons)

The machine looks up the move, its guard reads the reasons that speak against it, and the answer is
the new state or ``None``. No state stays behind that two courses, or two threads, could mix up.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from transitions import Machine

_Name = TypeVar("_Name", bound=Hashable)
_NAME = re.compile(r"\w[\w.:/-]*")

# The machine never gets a model, but refuses a trigger that is named like its model's attribute.
# No trigger can have a blank in its name, so this one is never taken from an author.
_ATTRIBUTE = "the state"


@dataclass(frozen=True, slots=True)
class Move:
    """One way in a chart: what is asked for, from where, and where it leads."""

    trigger: str
    source: str
    target: str

    def __str__(self) -> str:
        return f"'{self.trigger}' from '{self.source}' to '{self.target}'"


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What a chart is made from.

    Attributes:
        name: What the chart is called in messages.
        states: Every state, in the order of the protocol.
        initial: The state a course begins in.
        finals: The states that no move leaves.
        moves: Every move; a trigger leads from one state to one target only.
    """

    name: str
    states: tuple[str, ...]
    initial: str
    finals: frozenset[str]
    moves: tuple[Move, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every command asks for its chart by spec: adding up all moves each time costs more than the move.
        found = hash((self.name, self.states, self.initial, self.finals, self.moves))
        object.__setattr__(self, "_hash", found)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        # Made anew on the other side: hashes differ from one run of Python to the next.
        return ChartSpec, (self.name, self.states, self.initial, self.finals, self.moves)


class Chart:
    """A chart as a machine, shared by all courses; it holds no state of any of them."""

    __slots__ = ("_event", "_machine", "spec")

    def __init__(self, spec: ChartSpec, machine: Machine) -> None:
        self.spec = spec
        self._machine = machine
        self._event = cast("dict[str, _Drivable]", machine.events).get

    def __repr__(self) -> str:
        return f"<chart '{self.spec.name}' of {len(self.states)} states>"

    def __reduce__(self) -> tuple[object, ...]:
        return chart, (self.spec,)

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def initial(self) -> str:
        """The state a course begins in."""
        return str(self._machine.initial)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the protocol."""
        return tuple(self._machine.states)

    def is_final(self, state: str) -> bool:
        """Whether `state` is one that no move leaves; ``False`` for a state this chart does not have."""
        return state in self._machine.states and self._machine.states[state].final

    def drive(self, state: str, trigger: str, reasons: Sized) -> str | None:
        """The state after the move, or ``None`` when the machine does not make it.

        Args:
            state: Where the course is.
            trigger: What is asked for.
            reasons: What speaks against the move, computed once for it; the guard lets it pass when empty.

        Returns:
            The target; ``None`` when there are reasons, or when `trigger` leads nowhere from `state`.

        Example:
            >>> reopen = Move("reopen", "impasse", "renegotiation")
            >>> stages = ("impasse", "renegotiation")
            >>> dispute = chart(ChartSpec("dispute", stages, "impasse", frozenset(), (reopen,)))
            >>> dispute.drive("impasse", "reopen", ())
            'renegotiation'
            >>> dispute.drive("impasse", "reopen", ("the issue was not raised yet",)) is None
            True
            >>> dispute.drive("renegotiation", "reopen", ()) is None
            True
        """
        event = self._event(trigger)
        return None if event is None else event.drive(state, reasons)

    def triggers_from(self, state: str) -> tuple[str, ...]:
        """What can be asked for in `state`, guards aside; nothing in a final state."""
        return tuple(self._machine.get_triggers(state))

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """The moves that leave `state`, guards aside."""
        return tuple(self._moves(self.triggers_from(state), state))

    def moves(self) -> tuple[Move, ...]:
        """Every move the machine knows."""
        return tuple(self._moves(self._machine.events))

    def _moves(self, triggers: Iterable[str], source: str = "*") -> Iterator[Move]:
        for trigger in triggers:
            for transition in self._machine.get_transitions(trigger, source):
                yield Move(trigger, transition.source, str(transition.dest))


@lru_cache(maxsize=1024)
def chart(spec: ChartSpec) -> Chart:
    """The one chart for `spec`, built the first time it is asked for.

    Raises:
        ValueError: The spec does not make a chart; names every mistake.
    """
    mistakes = tuple(_mistakes(spec))
    if mistakes:
        raise ValueError(f"the chart '{spec.name}' cannot be built: " + "; ".join(mistakes))
    machine = _machine_class()(
        model=None,
        states=[{"name": state, "final": state in spec.finals} for state in spec.states],
        initial=spec.initial,
        transitions=[
            {"trigger": move.trigger, "source": move.source, "dest": move.target, "conditions": _no_reasons}
            for move in spec.moves
        ],
        auto_transitions=False,
        send_event=False,
        model_attribute=_ATTRIBUTE,
    )
    return Chart(spec, machine)


def _mistakes(spec: ChartSpec) -> Iterator[str]:
    """What `transitions` would take without a word, and misunderstand."""
    known = frozenset(spec.states)
    yield from (f"'{name}' is no name for a state" for name in spec.states if not _is_name(name))
    yield from (f"the state '{state}' is given twice" for state in _twice(spec.states))
    if spec.initial not in known:
        yield f"it begins in '{spec.initial}', which is not one of its states"
    yield from (f"it ends in '{final}', which is not one of its states" for final in sorted(spec.finals - known))
    for move in spec.moves:
        yield from _move_mistakes(move, spec, known)
    for trigger, source in _twice((move.trigger, move.source) for move in spec.moves):
        yield f"'{trigger}' leads from '{source}' more than once"


def _move_mistakes(move: Move, spec: ChartSpec, known: frozenset[str]) -> Iterator[str]:
    if not _is_name(move.trigger):
        yield f"'{move.trigger}' is no name for a move"
    if move.source not in known:
        yield f"the move {move} leaves a state that does not exist"
    if move.target not in known:
        yield f"the move {move} leads to a state that does not exist"
    if move.source in spec.finals:
        yield f"the move {move} leaves a final state"


def _is_name(name: object) -> bool:
    """Whether `name` is a word: '*' and '=' are wildcards to the machine, and an empty name means any."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _twice(names: Iterable[_Name]) -> Iterator[_Name]:
    return (name for name, times in Counter(names).items() if times > 1)


def _no_reasons(reasons: Sized) -> bool:
    """The guard of every move: nothing speaks against it. Counted, so that a missing answer is not "none"."""
    return len(reasons) == 0


class _Drivable(Protocol):
    def drive(self, state: str, reasons: Sized) -> str | None: ...


@lru_cache(maxsize=1)
def _machine_class() -> type[Machine]:
    """The machine with a lean path beside the stock one, over the same events, transitions and guards.

    The stock ``trigger`` writes the state into an object, and makes event data, partials and log lines on
    the way: right for callbacks, which no chart has. ``drive`` takes the state in and hands the new one out.
    Made here so that nobody pays for importing ``transitions`` before the first chart.
    """
    from transitions.core import Condition, Event, Machine, Transition

    class LeanTransition(Transition):
        def __init__(self, source: str, dest: str, conditions: Condition, *rest: None) -> None:
            super().__init__(source, dest, conditions, *rest)
            (only,) = self.conditions
            self.guard = cast(Callable[[Sized], bool], only.func)

        def drive(self, reasons: Sized) -> str | None:
            return self.dest if self.guard(reasons) else None

    class LeanEvent(Event):
        transitions: defaultdict[str, list[LeanTransition]]  # type: ignore[assignment]

        def drive(self, state: str, reasons: Sized) -> str | None:
            # `get`, because asking the machine's own dictionary would add the state it is asked for.
            for move in self.transitions.get(state, ()):
                target = move.drive(reasons)
                if target is not None:
                    return target
            return None

    class SharedMachine(Machine):
        event_cls = LeanEvent
        transition_cls = LeanTransition

        def add_model(self, model: object, initial: object = None) -> None:
            raise TypeError("a chart is shared by all courses and keeps none of them: use drive")

    return SharedMachine
