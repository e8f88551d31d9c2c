#!/usr/bin/env bash
# Trains the same model on the same patients with gsig and with PyTorch, each on one core, step by
# step in turns, and prints the ratio of their speeds. Options: those of bench/compare/training.py.
# PyTorch comes from the python3 that PYTHON names, or from the one on the PATH. Linux only (taskset).
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
if [ ! -f "$root/bench/target/gsig-bench.jar" ] || [ "${1:-}" = --build ]; then
  mvn -B -q -Dstyle.color=never -f "$root/pom.xml" -pl bench -am \
    -Dmaven.test.skip=true -Dgsig.quick=true package < /dev/null >&2
  [ "${1:-}" != --build ] || exit 0
fi
exec "${PYTHON:-python3}" "$root/bench/compare/training.py" "$@"
