#!/usr/bin/env bash
# Builds the benchmarks and runs them with the JVM options that the engine is meant to run with.
#
#   bench/run.sh [PATTERN] [JMH OPTIONS]     the benchmarks whose name matches; -h lists the options
#   bench/run.sh --main CLASS [ARGUMENTS]    a main class of dev.gsig.bench
#
#   JAVA_HOME         the JDK to use (17 or newer); without it, the java on the PATH
#   BENCH_JAVA_OPTS   further options for the JVM
set -euo pipefail

root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
jar=$root/bench/target/gsig-bench.jar

refuse() {
  printf 'bench/run.sh: %s\n' "$1" >&2
  exit 2
}

command -v "$java" > /dev/null || refuse "there is no $java; set JAVA_HOME to a JDK 17 or newer"
command -v mvn > /dev/null || refuse "building needs Maven, and there is no mvn on the PATH"

if [ "${1:-}" = --main ]; then
  [ $# -ge 2 ] || refuse "--main needs the name of a class, for example PeakHeap"
  run=(-cp "$jar" "dev.gsig.bench.$2")
  shift 2
else
  # A benchmark that computes wrong numbers ends the run with exit code 1.
  run=(-jar "$jar" -foe true)
fi

mvn -B -q -Dstyle.color=never -f "$root/pom.xml" -pl bench -am \
  -Dmaven.test.skip=true -Dgsig.quick=true package < /dev/null >&2
# The JVMs that JMH starts inherit these options.
# shellcheck disable=SC2086 # several options in one variable
exec "$java" --add-modules jdk.incubator.vector "@$root/bin/jit-options" \
  "-Dgsig.home=$root" ${BENCH_JAVA_OPTS:-} "${run[@]}" "$@"
