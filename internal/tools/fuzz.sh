#!/usr/bin/env bash
# Fuzzes every fuzz target of the module for an equal share of FUZZ_SECONDS (default 90), and writes
# "passed failed" to the file given. A failing input is written beside the test, to be committed with the mend.
set -euo pipefail
cd "$(dirname "$0")/../.."
count="${1:?usage: fuzz.sh COUNT_FILE}"

targets=()
while IFS=: read -r file _ line; do
  name="$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' <<<"$line")"
  [[ -n $name ]] && targets+=("./$(dirname "$file") $name")
done < <(git grep --untracked -nE '^func Fuzz[A-Za-z0-9_]+\(f \*testing\.F\)' -- '*_test.go')

if ((${#targets[@]} == 0)); then
  echo "0 0" >"$count"
  exit 0
fi
share=$((${FUZZ_SECONDS:-90} / ${#targets[@]}))
((share >= 1)) || share=1
echo "fuzzing ${#targets[@]} targets for ${share} s each"

fuzz_one() { go test -run '^$' -fuzz "^$2\$" -fuzztime "${share}s" -parallel 2 "$1" 2>&1; }

# When the time is up Go's fuzzer sometimes reports its own deadline as a failure (no failing input then).
only_deadline() { grep -q 'context deadline exceeded' <<<"$1" && ! grep -q 'Failing input written' <<<"$1"; }

passed=0 failed=0
for target in "${targets[@]}"; do
  read -r package name <<<"$target"
  if output="$(fuzz_one "$package" "$name")" ||
    { only_deadline "$output" && output="$(fuzz_one "$package" "$name")"; }; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s %s\n%s\n' "$package" "$name" "$output"
  fi
done
echo "$passed $failed" >"$count"
((failed == 0))
