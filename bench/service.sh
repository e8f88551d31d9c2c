#!/usr/bin/env bash
# What gsig serve takes and how it holds, on the demo's model and this machine's cores, the client's
# work included:
#   bench/service.sh [SECONDS [SOAK_SECONDS]]     default 30 and 60; the soak of the documents is 1200
# 1. explanations a second under as many requests as it takes, against gsig explain on the same cores
# 2. the slowest answer of a hundred at half of that load
# 3. a soak at half load: lost or wrong answers, and the heap after collection before and behind it
# 4. killed under load: from the next start to ready, and whether half an answer came as a whole
set -euo pipefail
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
seconds=${1:-30} soak=${2:-60}
gsig=$root/bin/gsig cores=$(nproc)
"$gsig" --version > /dev/null
mvn -B -q -Dstyle.color=never -f "$root/pom.xml" -pl bench -am -Dmaven.test.skip=true \
  -Dgsig.quick=true package < /dev/null >&2
scratch=$(mktemp -d)
trap 'kill -9 "$server" 2> /dev/null || true; rm -rf -- "$scratch"' EXIT
server=0

method=(--method ig --tolerance 0.01 --baseline manifold-mean-unpadded)
explain() {
  "$gsig" explain -q --model "$root/demo/model" --cohort "$1" "${method[@]}" --threads "$cores" \
    --out "$2" 2> /dev/null
}
now() { date +%s.%N; }
calculate() { awk "BEGIN { printf \"$1\", $2 }"; }

# One of the others has mostly codes that the model does not know, and alone is refused.
head -150 "$root/demo/test.jsonl" > "$scratch/cohort.jsonl"
# Patients a second without the start: of many against few.
explain "$scratch/cohort.jsonl" "$scratch/expected.jsonl"
for copy in $(seq 14); do
  sed "s/\"subject_id\": *\"/&$copy-/" "$scratch/cohort.jsonl"
done > "$scratch/many.jsonl"
start=$(now)
explain "$scratch/cohort.jsonl" "$scratch/few-results.jsonl"
middle=$(now)
explain "$scratch/many.jsonl" "$scratch/many-results.jsonl"
rate=$(calculate %.1f "13 * 150 / ($(now) - $middle - ($middle - $start))")
printf 'gsig explain: %s patients a second\n' "$rate"

serve() {
  "$gsig" serve -q --model "$root/demo/model" --port "$1" --threads "$cores" \
    > "$scratch/address" 2> "$scratch/log" &
  server=$!
  until grep -q listening "$scratch/address"; do
    kill -0 "$server"
    sleep 0.02
  done
  port=$(sed 's/.*://' "$scratch/address")
}
load() {
  java -XX:+UseSerialGC -cp "$root/bench/target/classes" dev.gsig.bench.ServiceLoad "$port" \
    "$scratch/cohort.jsonl" "$scratch/expected.jsonl" "$@"
}
heap() {
  jcmd "$server" GC.run > /dev/null
  curl -s "http://127.0.0.1:$port/metrics" | sed -n 's/^jvm_memory_used_bytes.* //p'
}

serve 0
load closed "$((2 * cores))" 10 > /dev/null # warm
taken=$(load closed "$((2 * cores))" "$seconds")
printf 'as much as it takes: %s\n' "$taken"
served=$(sed 's/.*lost; \([0-9.]*\) a second.*/\1/' <<< "$taken")
printf '  of gsig explain: %s%%\n' "$(calculate %.0f "100 * $served / $rate")"
half=$(calculate %.1f "$served / 2")
printf 'at half of that: %s\n' "$(load open "$half" "$seconds")"
before=$(heap)
printf 'soak at half: %s\n' "$(load open "$half" "$soak")"
after=$(heap)
printf '  heap after collection: %s to %s bytes, %s%%\n' "$before" "$after" \
  "$(calculate %+.1f "100 * ($after / $before - 1)")"

load closed "$((2 * cores))" 6 > "$scratch/killed" &
client=$!
sleep 3
kill -9 "$server"
start=$(now)
serve "$port"
until curl -sf "http://127.0.0.1:$port/ready" > /dev/null; do sleep 0.01; done
printf 'killed under load: ready again after %s s; ' "$(calculate %.2f "$(now) - $start")"
wait "$client"
cat "$scratch/killed"
