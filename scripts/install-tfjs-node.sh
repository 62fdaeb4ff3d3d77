#!/usr/bin/env bash
# Installs @tensorflow/tfjs-node, the optional peer of the tfjs engine, into this checkout's node_modules:
# the ordinary way where its download host answers, else by compiling its addon against the library of a
# TensorFlow wheel. With its library it takes about a gigabyte, so it is no dependency: package.json and
# package-lock.json stay as they are, and the next `npm ci` removes it again.
#
# usage: scripts/install-tfjs-node.sh        (PYTHON=python3.12 chooses another python)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
package=node_modules/@tensorflow/tfjs-node
tfjs_version=4.22.0
tensorflow_version=2.21.0
python=${PYTHON:-python3}
export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}

fail() { echo "install-tfjs-node: $*" >&2; exit 1; }

# Node 23 removed util.isNullOrUndefined and deprecated util.isArray; tfjs-node calls both.
works() {
  node --input-type=module -e '
    import util from "node:util";
    Object.assign(util, { isNullOrUndefined: (value) => value == null, isArray: Array.isArray });
    const { default: tf } = await import("@tensorflow/tfjs-node");
    const product = await tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).data();
    if (String(product) !== "19,22,43,50") throw new Error(`wrong product: ${product}`);
    console.log(`tfjs-node ${tf.version["tfjs-node"]} works on Node ${process.version}` +
      ` with TensorFlow ${tf.backend().binding.TF_Version}`);
  '
}

# Asks for a file that the package's own install script would download.
host_answers() {
  node -e '
    const host = "https://storage.googleapis.com";
    const file = "tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz";
    fetch(`${host}/${file}`, { method: "HEAD", signal: AbortSignal.timeout(5000) })
      .then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1));
  '
}

install_binaries() {
  # Its script calls node-pre-gyp by name; running it here, not by npm, leaves the project's scripts alone.
  (PATH="$PWD/node_modules/.bin:$PATH" && cd "$package" && node scripts/install.js)
}

compile_addon() {
  [[ "$(uname -sm)" == 'Linux x86_64' ]] || fail "compiling is written for Linux on x86-64 only"
  "$python" -m pip --version >/dev/null 2>&1 && command -v g++ >/dev/null ||
    fail "needs $python with pip, and g++; on Debian: apt-get install python3 python3-pip g++"

  # Beside its destination: /tmp is often a small memory disk.
  work=$(mktemp -d "$PWD/node_modules/.tfjs-node-XXXXXX")
  trap 'rm -rf "$work"' EXIT

  # Only the wheel's C library is wanted, which is the same for every Python: hence a fixed one.
  "$python" -m pip download --quiet --retries 0 --no-deps --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_27_x86_64 --dest "$work" "tensorflow-cpu==$tensorflow_version" ||
    fail "pip could not download tensorflow-cpu $tensorflow_version"
  # Headers of Node-API from npm: an installed Node often lacks them, and nodejs.org may be out of reach.
  npm install --prefix "$work" --loglevel=error --no-save --ignore-scripts node-api-headers@1.9.0 ||
    fail "npm could not install node-api-headers"

  rm -rf "$package/deps" "$package/lib"
  mkdir -p "$package/deps/lib" "$package/lib/napi-v8"
  "$python" -c '
import pathlib, sys, zipfile
wheel, work, libraries = sys.argv[1:]
headers = tuple(f"tensorflow/include/{folder}/" for folder in
                ("tensorflow/c", "tensorflow/core/platform", "tsl/platform", "xla/tsl/c"))
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename.startswith(headers):
            archive.extract(entry, work)
        elif entry.filename.startswith("tensorflow/libtensorflow"):
            entry.filename = pathlib.PurePosixPath(entry.filename).name
            archive.extract(entry, libraries)
' "$work"/*.whl "$work" "$package/deps/lib"

  # Node-API 8 is the newest that tfjs-node knows, so the folder it looks in on every Node since 16.
  # Compiled without node-gyp, which would download Node's own headers.
  g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION=8 \
    -I"$work/node_modules/node-api-headers/include" -I"$work/tensorflow/include" \
    "$package"/binding/tfjs_{backend,binding}.cc -o "$package/lib/napi-v8/tfjs_binding.node" \
    -L"$package/deps/lib" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
    '-Wl,-rpath,$ORIGIN/../../deps/lib' || fail "the addon does not compile"
}

works 2>/dev/null && exit 0
[[ -e node_modules/.package-lock.json ]] || fail "run npm ci first"

echo "Installing @tensorflow/tfjs-node $tfjs_version ..."
# Reads the lock without writing it, so that the project's own packages keep their versions. As what it is, an optional
# peer, npm would not install it; --no-save keeps the other role from being written down.
npm install --loglevel=error --save-dev --no-save --ignore-scripts "@tensorflow/tfjs-node@$tfjs_version" &&
  [[ -d $package/binding ]] || fail "npm could not install @tensorflow/tfjs-node"
if host_answers; then
  install_binaries && works && exit 0
  echo "The ordinary install failed."
fi
echo "Compiling its addon against the library of tensorflow-cpu $tensorflow_version ..."
compile_addon
works || fail "the compiled addon does not load"
