#!/usr/bin/env bash
# Holds tutti/predict to the bytes of the trainer in Deno, Bun and Firefox, which are no dependencies: npm has the first two as
# packages for Linux on x64, Debian the third.
#
# usage: scripts/check-other-runtimes.sh        (in a checkout that is built)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo 'check-other-runtimes: only on Linux on x64' >&2
  exit 0
fi
root=$([ "$(id -u)" = 0 ] || echo sudo)
command -v firefox-esr >/dev/null || {
  $root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $root apt-get install -qq --no-install-recommends firefox-esr >/dev/null
}
runtimes=$(mktemp -d)
trap 'rm -rf "$runtimes"' EXIT
npm install --prefix "$runtimes" --loglevel=error --no-save --no-package-lock --ignore-scripts \
  @deno/linux-x64-glibc@2.9.6 @oven/bun-linux-x64@1.4.5
deno=$runtimes/node_modules/@deno/linux-x64-glibc/deno
bun=$runtimes/node_modules/@oven/bun-linux-x64/bin/bun
chmod +x "$deno" "$bun"
node scripts/predict-elsewhere.mjs "deno=$deno" "bun=$bun" "firefox=$(command -v firefox-esr)"
