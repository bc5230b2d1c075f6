#!/bin/sh
# Makes sure that the Debian packages named are there: root installs what is missing, anyone else
# is told what to install. What is named with a ? at its end can be done without. On a system
# without dpkg there is nothing to check against.
set -eu

command -v dpkg-query >/dev/null || exit 0

# Debian ships Python's venv apart; other Pythons carry it.
"$PYTHON" -c 'import ensurepip' 2>/dev/null || set -- "$@" python3-venv

missing='' wanted=''
for package in "$@"; do
    name=${package%\?}
    case $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) in
        installed) ;;
        *) if [ "$name" = "$package" ]; then missing="$missing $name"; else wanted="$wanted $name"; fi ;;
    esac
done
[ -n "$missing$wanted" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    [ -z "$wanted" ] || echo "More can be shown with:  sudo apt-get install$wanted" >&2
    [ -n "$missing" ] || exit 0
    echo "Install these Debian packages first:  sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Demo and tests begin a PostgreSQL of their own: Debian's is not to make one that keeps running.
missing="$missing$wanted"
case $missing in *' postgresql'*)
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi ;;
esac
apt-get update --quiet=2
# shellcheck disable=SC2086 - the list is words
apt-get install --quiet=2 --yes --no-install-recommends $missing >/dev/null
