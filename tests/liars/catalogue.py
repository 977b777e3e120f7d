"""The catalogue: every liar and every honest server, in the order of an answer's parts."""

from liars import answers, bodies, credentials, ids, oddities, texts, times, wires

LIARS = (
    *bodies.ROWS,
    *texts.ROWS,
    *answers.ROWS,
    *credentials.ROWS,
    *ids.ROWS,
    *times.ROWS,
    *wires.ROWS,
)
HONEST = oddities.ROWS
