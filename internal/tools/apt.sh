#!/usr/bin/env bash
# Installs the Debian packages named in apt/NAME.txt that are missing. Says nothing and needs no rights when all
# are there. Usage: apt.sh NAME...
set -euo pipefail
cd "$(dirname "$0")/apt"

installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

if ! command -v dpkg-query >/dev/null; then
  echo "This is not Debian: make sure that what these packages give is here:" >&2
  sed '/^#/d' "${@/%/.txt}" | paste -sd' ' >&2
  exit 0
fi

missing=()
while read -r package; do
  installed "$package" || missing+=("$package")
done < <(sed '/^#/d' "${@/%/.txt}")
((${#missing[@]})) || exit 0

if ((EUID != 0)); then
  echo "Some Debian packages are missing. Install them once as root, then run make again:" >&2
  echo "  sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
options=(-o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 --quiet)
apt-get "${options[@]}" update
apt-get "${options[@]}" install --yes --no-install-recommends "${missing[@]}"
