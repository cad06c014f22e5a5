#!/usr/bin/env bash
# Runs the stages named, goes on after a failure, and closes with the sum of all tests.
# Usage: test.sh STAGE... of: lint unit fuzz viewer e2e. What follows e2e goes to Playwright.
# LONG=1 adds the long tests: Go files tagged "long", and *.long.ts in the browser.
set -euo pipefail
cd "$(dirname "$0")/../.."

counts="$PWD/.cache/test"
rm -rf "$counts"
mkdir -p "$counts"
tags=()
# Tags of the command line replace those of GOFLAGS, where the Makefile names "video".
[[ -z "${LONG:-}" ]] || tags=(-tags "long$([[ "${GOFLAGS:-}" != *video* ]] || echo ,video)")

stage_lint() { internal/tools/lint.sh; }

stage_unit() {
  go_tests "$counts/unit" go ./... && return
  # What failed is tried once more, as in the browser's tests, and told of as flaky when it passes.
  [[ -f "$counts/unit.again" ]] || return 1
  local names packages
  names="$(cut -d' ' -f2 "$counts/unit.again" | sort -u | paste -sd'|')"
  mapfile -t packages < <(cut -d' ' -f1 "$counts/unit.again" | sort -u)
  echo "once more: ${names//|/, }"
  go_tests "$counts/unit" go-again -count=1 -run "^($names)\$" "${packages[@]}"
}

# go_tests FILE MODE ARGUMENT...: go test with these arguments, counted by tally in this mode.
go_tests() {
  local file="$1" mode="$2"
  shift 2
  go test -race -json -timeout "${GO_TEST_TIMEOUT:-$([[ -n "${LONG:-}" ]] && echo 2h || echo 10m)}" "${tags[@]}" "$@" |
    .cache/bin/tally "$mode" "$file"
}

stage_fuzz() { internal/tools/fuzz.sh "$counts/fuzz"; }

stage_viewer() {
  local ok=0
  (cd viewer && npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$counts/vitest.json") || ok=1
  .cache/bin/tally vitest "$counts/vitest.json" "$counts/viewer"
  return "$ok"
}

stage_e2e() {
  local ok=0
  (cd viewer && E2E_REPORT="$counts/playwright.json" npx --no-install playwright test \
    --config tests/playwright.config.ts "$@") || ok=1
  .cache/bin/tally playwright "$counts/playwright.json" "$counts/e2e"
  return "$ok"
}

failed=()
while (($#)); do
  stage="$1"
  shift
  arguments=()
  if [[ $stage == e2e ]]; then
    arguments=("$@")
    set --
  fi
  printf '\n== %s\n' "$stage"
  started=$SECONDS
  # In a subshell of its own, so that the first error ends the stage and not the run.
  set +e
  (set -euo pipefail; "stage_$stage" "${arguments[@]}")
  status=$?
  set -e
  ((status == 0)) || failed+=("$stage")
  printf '== %s: %s after %d s\n' "$stage" "$([[ $status == 0 ]] && echo ok || echo FAILED)" $((SECONDS - started))
done

echo
((${#failed[@]} == 0)) || echo "failed stages: ${failed[*]}"
# A stage that failed without a failed test (lint, a build) counts as one, so that the sum never looks better.
.cache/bin/tally sum "$counts" "${failed[@]}"
((${#failed[@]} == 0))
