#!/usr/bin/env bash
# A cohort on a cluster of Apache Spark: its standalone master and two workers, processes of their
# own, on hosts of their own where this machine allows network namespaces (as root, with iproute2),
# else on the loopback interface. One worker is killed, with all that it runs, once some of the
# results are written; what is written in the end must be the bytes of gsig explain.
#   bench/spark-cluster.sh [COPIES [loopback]]    of the demo's 200 test patients; default 5
set -euo pipefail
export LC_ALL=C
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
copies=${1:-5} place=${2:-hosts}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
scratch=$(mktemp -d)
readonly NET=10.199.77 BRIDGE=gsig-spark

say() { printf 'spark-cluster: %s\n' "$*"; }
fail() {
  say "$*" >&2
  for log in "$scratch"/*.log; do
    printf -- '--- %s\n' "${log##*/}" >&2
    tail -n 20 -- "$log" >&2
  done
  exit 1
}

running=()
clean() {
  local name
  for name in "${running[@]}"; do kill -9 -- "-$name" 2> /dev/null || true; done
  pkill -9 -f "$scratch/" 2> /dev/null || true
  if [ "$place" = hosts ]; then
    for name in a b; do
      ip link del "gsig-$name" 2> /dev/null || true
      ip netns del "$BRIDGE-$name" 2> /dev/null || true
    done
    ip link del "$BRIDGE" 2> /dev/null || true
  fi
  wait 2> /dev/null || true
  rm -rf -- "$scratch"
}
trap clean EXIT

# Two hosts behind a bridge, whose own address the master and the driver have.
hosts() {
  local name at=1
  ip link add "$BRIDGE" type bridge && ip addr add "$NET.1/24" dev "$BRIDGE" &&
    ip link set "$BRIDGE" up || return 1
  for name in a b; do
    at=$((at + 1))
    ip netns add "$BRIDGE-$name" &&
      ip link add "gsig-$name" type veth peer name eth0 netns "$BRIDGE-$name" &&
      ip link set "gsig-$name" master "$BRIDGE" up &&
      ip -n "$BRIDGE-$name" addr add "$NET.$at/24" dev eth0 &&
      ip -n "$BRIDGE-$name" link set eth0 up &&
      ip -n "$BRIDGE-$name" link set lo up || return 1
  done
}
if [ "$place" = hosts ] && ! hosts 2> "$scratch/hosts.log"; then
  say "no network namespaces here ($(tail -n 1 "$scratch/hosts.log")): on the loopback interface"
  ip link del "$BRIDGE" 2> /dev/null || true
  place=loopback
fi
[ "$place" = hosts ] && master=$NET.1 || master=127.0.0.1

"$root/bin/gsig-spark" --version > /dev/null # builds what is to be built
"$root/bin/gsig" --version > /dev/null
for ((copy = 0; copy < copies; copy++)); do
  sed "s/\"subject_id\": *\"/&$copy-/" "$root/demo/test.jsonl"
done > "$scratch/cohort.jsonl"
common=(--model "$root/demo/model" --cohort "$scratch/cohort.jsonl" --backend simd)
"$root/bin/gsig" explain "${common[@]}" --out "$scratch/explain.jsonl" 2> "$scratch/explain.log"

# An installation of Spark is a folder of its jars; ours are sent to the executors by the driver.
target=$root/spark/target
mkdir -p "$scratch/home/jars" "$scratch/work-a" "$scratch/work-b"
tr ':' '\n' < "$target/class-path.txt" | grep -v "^$target/" | while IFS= read -r jar; do
  ln -s -- "$jar" "$scratch/home/jars/"
done
options=()
for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
  options+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
for package in jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  options+=("--add-opens=java.base/$package=ALL-UNNAMED")
done

# start NAME HOST CLASS ARGUMENTS...: a process group of its own, on the host NAME where there are.
start() {
  local name=$1 host=$2
  shift 2
  local on=()
  if [ "$place" = hosts ] && [ "$name" != master ]; then
    on=(ip netns exec "$BRIDGE-$name")
  fi
  SPARK_HOME=$scratch/home SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=$host setsid "${on[@]}" "$java" "${options[@]}" \
    -cp "$scratch/home/jars/*" "$@" > "$scratch/$name.log" 2>&1 < /dev/null &
  running+=($!)
  disown # whose end is no news
}

start master "$master" org.apache.spark.deploy.master.Master --host "$master" --port 7077 \
  --webui-port 0
at=1
for name in a b; do
  at=$((at + 1))
  [ "$place" = hosts ] && host=$NET.$at || host=127.0.0.1
  start "$name" "$host" org.apache.spark.deploy.worker.Worker --host "$host" --cores 1 \
    --memory 1g --webui-port 0 --work-dir "$scratch/work-$name" "spark://$master:7077"
done
for ((i = 0; i < 300; i++)); do
  [ "$(grep -c 'Registering worker' "$scratch/master.log")" -lt 2 ] || break
  sleep 0.1
done
[ "$(grep -c 'Registering worker' "$scratch/master.log")" -eq 2 ] || fail "the workers did not come"

jars=$(printf '%s,' "$target"/lib/*.jar "$target/gsig-spark.jar")
SPARK_LOCAL_IP=$master \
  GSIG_JAVA_OPTS="-Dspark.driver.host=$master -Dspark.jars=${jars%,} -Dspark.executor.memory=800m" \
  setsid "$root/bin/gsig-spark" "${common[@]}" --master "spark://$master:7077" \
  --out "$scratch/out" > "$scratch/driver.log" 2>&1 < /dev/null &
driver=$!
running+=("$driver")

# Parts that tasks have written, of all that there will be.
written() { find "$scratch" -path '*gsig-new*' -name 'part-*' ! -name '*.crc' | wc -l; }
began=$SECONDS
until [ "$(written)" -ge 1 ]; do
  kill -0 "$driver" 2> /dev/null || fail "the job ended before a worker could be killed"
  sleep 0.05
done
ls "$scratch"/work-a/*/* > /dev/null 2>&1 || fail "worker a has run nothing that could be lost"
kill -9 -- "-${running[1]}"
if [ "$place" = hosts ]; then
  ip netns pids "$BRIDGE-a" | xargs -r kill -9
else
  pkill -9 -f "$scratch/work-a" || true
  pkill -9 -f "CoarseGrainedExecutorBackend.*worker-url spark://Worker@$master:$(sed -n \
    's/.*Starting Spark worker [^:]*:\([0-9]*\).*/\1/p' "$scratch/a.log")" || true
fi
kill -0 "$driver" 2> /dev/null || fail "the job had ended when the worker was killed"
say "killed worker a after $((SECONDS - began)) s, with $(written) parts written or begun"
wait "$driver" || fail "the job failed"
parts=$(find "$scratch/out" -name 'part-*' | wc -l)
cat "$scratch"/out/part-* | cmp - "$scratch/explain.jsonl" || fail "Spark gave other results"
say "the same bytes in $parts parts: $(wc -l < "$scratch/explain.jsonl") patients, two workers on \
$([ "$place" = hosts ] && echo hosts of their own || echo the loopback interface), one killed, \
$((SECONDS - began)) s"
