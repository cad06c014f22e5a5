#!/usr/bin/env bash
# Chromium at the viewer's end of the line.
exec ip netns exec beside-bench-viewer /usr/bin/chromium "$@"
