#!/usr/bin/env bash
# Runs gsig and its peers side by side and prints a table of ratios; --help lists the options.
# PyTorch comes from the first python3 on the PATH that has it, or from the one that PYTHON names.
# Without it, or without the DJL build, those rows are left out. Linux only (taskset).
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

find_python() {
  local candidate
  for candidate in $(type -ap python3); do
    if "$candidate" -c 'import torch' 2> /dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  command -v python3
}

python=${PYTHON:-$(find_python)} || {
  printf 'compare: no python3 on the PATH; install one, or set PYTHON\n' >&2
  exit 2
}
exec "$python" "$root/bench/compare/main.py" "$@"
