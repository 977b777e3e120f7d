"""The catalogue: every liar and every honest server, in the order of an answer's parts."""

from liars import answers, bodies, oddities, wires

LIARS = (
    *bodies.ROWS,
    *answers.ROWS,
    *wires.ROWS,
)
HONEST = oddities.ROWS
