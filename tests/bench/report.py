"""stub"""

import sys
from statistics import median


def progress():
    print(".", end="", file=sys.stderr, flush=True)


def write(names, cases, starts, figures, memory, features):
    b = names[0]
    for c in cases:
        for n in names:
            f = figures.get((n, c))
            if not f:
                continue
            r = median(x.rate / y.rate for x, y in zip(f, figures[b, c]))
            u = median(x.cpu / y.cpu for x, y in zip(f, figures[b, c]))
            print(
                f"{c:24} {n:18} {median(x.rate for x in f):8.0f}/s {r:5.2f}x  {median(x.cpu for x in f):7.1f}us {u:5.2f}x p50 {median(x.p50 for x in f):6.2f} p99 {median(x.p99 for x in f):6.2f}"
            )
    for n in names:
        print(
            n,
            "start",
            round(median(starts[n]), 3),
            "x",
            round(median(a / bb for a, bb in zip(starts[n], starts[b])), 2),
            "mem",
            memory[n],
        )
    for n, f in features:
        print(n, round(f, 2))
