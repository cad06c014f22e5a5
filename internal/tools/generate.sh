#!/usr/bin/env bash
# Writes the TypeScript that is generated from Go into a folder, by default the viewer's src/protocol.
# With --check it writes nothing and fails when what is committed is not what would be written.
# Needs .cache/bin/tygo, bin/beside and the viewer's npm packages: `make generate` sees to them.
set -euo pipefail
cd "$(dirname "$0")/../.."

committed=viewer/src/protocol
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

mkdir "$work/out"
sed "s|OUT/|$work/out/|" internal/tools/tygo.yaml >"$work/tygo.yaml"
.cache/bin/tygo generate --config "$work/tygo.yaml"
# Examples are for people who read the description; as comments of types they would drown them.
bin/beside openapi | node -e 'process.stdin.toArray().then((parts) => console.log(JSON.stringify(JSON.parse(
  Buffer.concat(parts)), (key, value) => (key === "example" ? undefined : value))))' >"$work/openapi.json"
(cd viewer && npx --no-install openapi-typescript "$work/openapi.json" --output "$work/out/api.gen.ts") >/dev/null

stale=0
for file in "$work"/out/*.gen.ts; do
  if [[ "${1:-}" != --check ]]; then
    mkdir -p "$committed"
    cp "$file" "$committed/"
  elif ! diff -u "$committed/$(basename "$file")" "$file"; then
    stale=1
  fi
done
if ((stale)); then
  echo "Generated code is stale: run make generate and commit the result." >&2
  exit 1
fi
