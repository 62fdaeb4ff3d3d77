#!/usr/bin/env bash
# Installs the Chromium of the system's own packages, which the tests of pages open: test/browser skips without one, and with
# TUTTI_REQUIRE_CHROMIUM=1 fails. Debian and Ubuntu; elsewhere TUTTI_CHROMIUM names the file to run.
set -euo pipefail

for place in "${TUTTI_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [ -n "$place" ] && [ -x "$place" ]; then
    "$place" --version
    exit 0
  fi
done
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
"${as_root[@]}" apt-get update
"${as_root[@]}" apt-get install -y --no-install-recommends chromium fonts-dejavu-core
chromium --version
