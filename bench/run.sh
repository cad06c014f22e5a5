#!/usr/bin/env bash
# Runs the bench in two network namespaces of its own: this program and the hosts in one, the viewer's browser in the
# other. Nothing of what is measured leaves them. Needs root.
set -euo pipefail
cd "$(dirname "$0")"
host=beside-bench-host viewer=beside-bench-viewer

if ((EUID != 0)); then
  echo "make bench makes network namespaces, which takes root." >&2
  exit 1
fi
if ip netns list | grep -qw "$host"; then
  echo "Another bench seems to run. If none does: ip netns delete $host; ip netns delete $viewer" >&2
  exit 1
fi
trap 'ip netns delete "$host"; ip netns delete "$viewer"' EXIT
for space in "$host" "$viewer"; do
  ip netns add "$space"
  ip netns exec "$space" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -netns "$space" link set lo up
done
cd ../viewer
ip netns exec "$host" npx --no-install playwright test --config ../bench/playwright.config.ts "${@:-main.bench}"
