#!/usr/bin/env bash
# Times gsig explain from its start to the line of its first patient; prints milliseconds.
#   bench/first.sh [STARTS]    default 12; JAVA_HOME chooses the JDK
set -euo pipefail
export LC_ALL=C
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
starts=${1:-12}
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
head -n 1 "$root/demo/test.jsonl" > "$scratch/cohort.jsonl"

start() {
  local from=${EPOCHREALTIME/./}
  "$root/bin/gsig" explain --model "$root/demo/model" --cohort "$scratch/cohort.jsonl" --out - |
    { IFS= read -r _ && printf '%d\n' $(((${EPOCHREALTIME/./} - from) / 1000)) && cat > /dev/null; }
}

"$root/bin/gsig" --version # builds what is to be built
for ((i = 0; i < starts; i++)); do start 2> /dev/null; done | sort -n |
  awk '{ t[NR] = $1 } END { printf "first patient: minimum %d, median %d, maximum %d ms\n", t[1], t[int((NR + 1) / 2)], t[NR] }'
