#!/usr/bin/env bash
# Runs every static check, goes on after a failure, and names the checks that failed.
# Needs what `make lint` sets up: npm packages, .cache/bin and bin/beside.
set -euo pipefail
cd "$(dirname "$0")/../.."

check_gofmt() {
  local files unformatted
  mapfile -t files < <(git ls-files --cached --others --exclude-standard --deduplicate '*.go' | xargs -r ls -d 2>/dev/null)
  unformatted="$(gofmt -l "${files[@]}")"
  [[ -z $unformatted ]] || { echo "not formatted, run make fmt: $unformatted"; return 1; }
}
check_vet() { go vet ./...; }
check_vet_windows() { GOOS=windows CGO_ENABLED=0 go vet ./...; }
# A new clone builds with plain go: before npm made the pages, and without the video encoders.
check_clone() {
  local clone
  clone="$(mktemp -d)"
  git ls-files --cached --others --exclude-standard --deduplicate | xargs -d '\n' ls -d 2>/dev/null |
    tar -c -T - | tar -x -C "$clone"
  (cd "$clone" && GOFLAGS='' go build ./... && GOFLAGS='' go vet ./...)
  local status=$?
  rm -rf "$clone"
  return "$status"
}
check_vet_tools() { go vet -C internal/tools ./...; }
check_staticcheck() { .cache/bin/staticcheck ./...; }
# A finding that is none says "#nosec RULE -- why" at its line. What ships in no program is not looked at.
check_gosec() {
  local exclude=(
    G104 # errors that are dropped say so at their line (nolint:errcheck), or are of a Close or Remove at an end
    G115 # narrower integers: sizes and places of pictures, which their formats bound; the decoders are fuzzed
  )
  local dirs=(
    client/internal/input/inputtest client/internal/screen/xvfb # harnesses: they start programs
    viewer/node_modules # of others
  )
  .cache/bin/gosec -quiet -fmt=text -exclude="$(IFS=,; echo "${exclude[*]}")" "${dirs[@]/#/-exclude-dir=}" \
    ./broker/... ./client/... ./signaling/... ./certs/... ./viewer/...
}
check_rules() { go test ./internal/importrules; }
check_generated() { internal/tools/generate.sh --check; }
check_types() { npm --prefix viewer run --silent check; }
check_biome() { npm --prefix viewer run --silent lint; }
check_html() {
  if grep -rn '{@html' viewer/src; then
    echo "{@html} puts strings into the page as markup; use elements and text."
    return 1
  fi
}
check_shell() { git ls-files '*.sh' .ci/run | xargs shellcheck; }

failed=()
for check in gofmt vet vet_windows clone vet_tools staticcheck gosec rules generated types biome html shell; do
  started=$SECONDS
  if output="$("check_$check" 2>&1)"; then
    printf 'lint: %-12s ok (%ds)\n' "$check" $((SECONDS - started))
  else
    printf 'lint: %-12s FAILED\n%s\n' "$check" "$output"
    failed+=("$check")
  fi
done
if ((${#failed[@]})); then
  echo "lint: failed: ${failed[*]}" >&2
  exit 1
fi
