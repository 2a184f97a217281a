"""``python -m benchmarks [NAME…]``: runs every ``bench_*`` module, or the named ones, and prints their tables."""

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks import report

_PREFIX = "bench_"


def main(asked: list[str]) -> int:
    """Run them; 0 whether or not the aims are met, for a busy machine is no failure of the program."""
    known = [
        m.name.removeprefix(_PREFIX) for m in pkgutil.iter_modules(benchmarks.__path__) if m.name.startswith(_PREFIX)
    ]
    if unknown := [name for name in asked if name not in known]:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}\n")
        return 2
    results = []
    for name in asked or known:
        sys.stderr.write(f"{name} …\n")
        result = importlib.import_module(f"benchmarks.{_PREFIX}{name}").main()
        report.show(result)
        report.keep(name, result)
        results.append(result)
    for line in report.missed(results):
        sys.stdout.write(f"aim missed: {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
