#!/usr/bin/env bash
# build.sh JCUDA_LIBRARY OUT: compiles the emulated driver to OUT/libcuda.so.1 with g++. Functions that
# the JCuda library imports and the emulator lacks are there, and answer "not supported": a missing
# symbol would end the JVM.
set -euo pipefail
jcuda=$1 out=$2
cd -- "$(dirname -- "$0")"
mkdir -p -- "$out"
flags="-std=c++20 -O3 -ffp-contract=off -fno-math-errno -fPIC -fvisibility=hidden -Wall -Wextra"
[ "$(uname -m)" != x86_64 ] || flags="$flags -march=native"
for source in memory ptx registers operations machine driver; do
  g++ $flags -c "$source.cpp" -o "$out/$source.o"
done
nm -D --undefined-only "$jcuda" | awk '$2 ~ /^cu[A-Z]/ {print $2}' | sort > "$out/wanted"
nm --defined-only "$out/driver.o" | awk '$2 == "T" && $3 ~ /^cu[A-Z]/ {print $3}' | sort > "$out/there"
{
  echo 'extern "C" int emulator_lacks(const char*);'
  comm -23 "$out/wanted" "$out/there" | while read -r name; do
    printf 'extern "C" __attribute__((visibility("default"))) int %s() { return emulator_lacks("%s"); }\n' "$name" "$name"
  done
} > "$out/lacking.cpp"
g++ -O1 -fPIC -fvisibility=hidden -c "$out/lacking.cpp" -o "$out/lacking.o"
g++ -shared -Wl,-soname,libcuda.so.1 -o "$out/libcuda.so.1.new" "$out"/*.o
mv -f -- "$out/libcuda.so.1.new" "$out/libcuda.so.1"
