#!/usr/bin/env bash
# Installs ONNX Runtime into this checkout's node_modules, for Node.js and for Python, which tests of exported graphs run in:
# test/exports skips those without it, and with TUTTI_REQUIRE_ONNXRUNTIME=1 fails. With its libraries for all platforms it
# takes 288 MB, so it is no dependency: package.json and package-lock.json stay as they are, and the next `npm ci` removes it.
#
# usage: scripts/install-onnxruntime.sh        (PYTHON=python3.12 chooses another python)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
version=1.30.0
python=${PYTHON:-python3}
folder=node_modules/.onnxruntime

# In a folder of its own, because npm would take it for a mistake beside the packages of the lock, or those of other installers
# for one. Its own script would download a library for graphics processors.
[ -d "$folder/node_modules/onnxruntime-node" ] ||
  npm install --prefix "$folder" --loglevel=error --no-save --no-package-lock --ignore-scripts "onnxruntime-node@$version"
[ -x "$folder/python/bin/python" ] && "$folder/python/bin/python" -c 'import onnxruntime' 2>/dev/null || {
  "$python" -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet "onnxruntime==$version"
}
node -e "console.log('onnxruntime-node', require('./$folder/node_modules/onnxruntime-node').env.versions.node)"
"$folder/python/bin/python" -c 'import onnxruntime; print("onnxruntime for Python", onnxruntime.__version__)'
