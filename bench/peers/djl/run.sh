#!/usr/bin/env bash
# The contender on DJL and libtorch, for Linux on x86-64. Builds itself and traces the model on
# first use; after that it needs no network.
#
#   run.sh ig MODEL_DIR COHORT STEPS PATIENTS THREADS WARMUPS BATCH
#
# THREADS are libtorch's, BATCH is how many steps go through the model together. COHORT is the
# model folder's patients.jsonl: its patients are traced with the model.
#
#   JAVA_HOME   the JDK to use (17 or newer); without it, the java on the PATH
#   PYTHON      a Python with PyTorch, to trace the model; without it, python3
set -euo pipefail

refuse() {
  printf 'run.sh: %s\n' "$1" >&2
  exit 2
}

[ $# -eq 8 ] && [ "$1" = ig ] ||
  refuse 'usage: run.sh ig MODEL_DIR COHORT STEPS PATIENTS THREADS WARMUPS BATCH'
model=$2 cohort=$3
readonly name=torchscript
shift 3
for number in "$@"; do
  [[ $number =~ ^[0-9]{1,6}$ ]] || refuse "$number is not a whole number"
done
steps=$1 patients=$2 threads=$3 warmups=$4 batch=$5
[ "$steps" -gt 0 ] && [ "$patients" -gt 0 ] && [ "$threads" -gt 0 ] && [ "$batch" -gt 0 ] ||
  refuse 'STEPS, PATIENTS, THREADS and BATCH must be at least 1'
[ -f "$model/model.safetensors" ] || refuse "no model.safetensors in $model"
[ "$cohort" -ef "$model/patients.jsonl" ] || refuse "$cohort is not $model/patients.jsonl"

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
target=$here/target
jar=$target/gsig-bench-djl.jar
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

if [ ! -f "$jar" ] || [ -n "$(find "$here/pom.xml" "$here/src" -newer "$jar" -print -quit)" ]; then
  mvn -B -q -f "$here/pom.xml" -Dmaven.test.skip=true -Dgsig.quick=true package >&2
  touch "$jar"
fi
for part in pt json bin; do
  if [ ! "$model/$name.$part" -nt "$model/model.safetensors" ]; then
    "${PYTHON:-python3}" "$here/../trace.py" "$model" "$model/$name.pt" >&2
    break
  fi
done

options=(
  # Nothing is downloaded or reported; the native libraries are unpacked below target.
  -Dai.djl.offline=true "-DDJL_CACHE_DIR=$target/djl"
  "-Dai.djl.pytorch.num_threads=$threads" -Dai.djl.pytorch.num_interop_threads=1
  # No line on the missing logger; no warning of native code on newer JDKs.
  -Dslf4j.internal.verbosity=ERROR --enable-native-access=ALL-UNNAMED
)
exec "$java" "${options[@]}" -cp "$jar:$target/lib/*" dev.gsig.bench.djl.DjlContender \
  "$model" "$name" "$steps" "$patients" "$warmups" "$batch"
