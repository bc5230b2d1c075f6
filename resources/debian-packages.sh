#!/bin/sh
# Makes sure that the Debian packages named are there: root installs what is missing, anyone else
# is told what to install. On a system without dpkg there is nothing to check against.
set -eu

command -v dpkg-query >/dev/null || exit 0

# Debian ships Python's venv apart; other Pythons carry it.
"$PYTHON" -c 'import ensurepip' 2>/dev/null || set -- "$@" python3-venv

missing=''
for package in "$@"; do
    case $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Install these Debian packages first:  sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Demo and tests begin a PostgreSQL of their own: Debian's is not to make one that keeps running.
case $missing in *' postgresql'*)
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi ;;
esac
apt-get update --quiet=2
# shellcheck disable=SC2086 - the list is words
apt-get install --quiet=2 --yes --no-install-recommends $missing >/dev/null
