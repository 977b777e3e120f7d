"""Honest servers that other people's code makes: `make real-servers`.

Each app under `python/`, `node/` and `debian/` serves the contract as a developer of that
framework would write it: its own router, its own guard, the webhooks of `webhooks.json` in
memory. Each file under `gateways/` puts a gateway before one of them. The judge must find nothing
wrong with any: what it calls an error here is an error of the judge's.

- `make real-servers` installs all that is missing, then judges every server; `ARGS="flask nginx"`
  takes only those whose name begins like this, `ARGS=--list` tells the names,
  `ARGS="--serve flask"` leaves one running for you to look at.
- It prints a table, and ends with 1 if one is not found to conform. A few servers slip in truth,
  where their makers' own guard breaks the contract: of those the judge must say so.
- The reports of each run are in `build/real-servers/reports/NAME`, what the server printed in
  `build/real-servers/run/NAME/output`.
- Frameworks are installed under `build/real-servers`, at the versions of `requirements.txt` and
  `package.json`; Node (20 or newer), Go, Ruby, Perl, PHP and the gateways come from Debian, which
  needs root the first time.
- Every server listens on a free port of 127.0.0.1, and is ended by its id.
- A new one is a short file, and a row in `servers.py`.
"""
