#!/usr/bin/env bash
# Installs the viewer's packages exactly as locked. Does nothing while the lock file and Node stay the same.
set -euo pipefail
cd "$(dirname "$0")/../../viewer"

if ! command -v npm >/dev/null; then
  echo "Node.js with npm is missing: install Node 20.19 or newer." >&2
  exit 1
fi
mark=node_modules/.installed
want="$(cat package-lock.json package.json .npmrc | sha256sum | cut -d' ' -f1) $(node --version)"
[[ -f $mark && "$(<"$mark")" == "$want" ]] && exit 0

# The tests drive the browsers of Debian; no other browser is downloaded.
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-progress
echo "$want" >"$mark"
