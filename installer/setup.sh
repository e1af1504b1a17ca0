# Functions shared by start and test. Sourced, not run.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# Requirements of the window, sound and Python on Debian 12 and related systems. The ALSA plugins for
# the sound server of a desktop come with that server.
PROGRAM_PACKAGES="python3 python3-venv
  libglib2.0-0 libegl1 libgl1 libfontconfig1 libxkbcommon0 libdbus-1-3
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
  libportaudio2"

say() { printf '\n== %s\n' "$*"; }

# install_system PACKAGE...: install what is missing, if this is a system with apt-get.
install_system() {
  if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get, so no system packages are installed; see installer/README.md."
    return
  fi
  local package missing="" as_root=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
      missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Please have an administrator run: apt-get install$missing"
      return
    fi
    as_root=sudo
  fi
  say "Installing system packages:$missing"
  # shellcheck disable=SC2086 - the lists are meant to be split
  $as_root apt-get update -q &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing ||
    echo "Installation failed. Continuing, in case the program runs without:$missing"
}

# find_python: print a suitable Python.
find_python() {
  local python
  for python in python3 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo "vgdesk needs Python 3.11, 3.12 or 3.13, and none was found. Please install one." >&2
  return 1
}

# set_up NAME REQUIREMENT PACKAGE...: set up .venv; returns at once if nothing has changed.
set_up() {
  local name=$1 requirement=$2 stamp=".venv/$1.stamp" state python
  shift 2
  state="$PWD $(cat pyproject.toml installer/setup.sh installer/"$name" | cksum)"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then
    return
  fi
  install_system "$@"
  python=$(find_python)
  if [ ! -x .venv/bin/python ]; then
    say "Creating the Python environment .venv"
    "$python" -m venv .venv
  fi
  say "Installing vgdesk into .venv. The first time this downloads several GB and takes minutes."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable "$requirement"
  echo "$state" >"$stamp"
}
