#!/bin/bash
# private_exim.sh - prints the path of an exim4 program for the mail tests.
#   private_exim.sh FOLDER
# A machine has one mail server, so none is installed: unless exim is here already, Debian's package is fetched and only
# unpacked, into FOLDER (once). The program that is printed runs from there, with whatever configuration it is given (-C).
# Its user and group Debian-exim then are the caller's; nobody's if the caller is root. The configuration needs exim_path set
# to the printed path, for exim starts itself again.
set -euo pipefail
export LC_ALL=C.UTF-8
[ $# -eq 1 ] || { sed -n 2,7p "$0" >&2; exit 2; }

if [ -x /usr/sbin/exim4 ]; then echo /usr/sbin/exim4; exit 0; fi

mkdir -p "$1"
folder=$(cd "$1" && pwd)
program=$folder/exim4
if [ -x "$program" ]; then echo "$program"; exit 0; fi

work=$folder/new
rm -rf "$work"; mkdir -p "$work/debs" "$work/root"
cd "$work/debs"
# The libraries that are missing here come along; what else exim's packages want is for a system's mail server.
mapfile -t packages < <(apt-get -s --no-install-recommends install exim4-daemon-light 2>/dev/null |
  sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p')
apt-get -q -o APT::Sandbox::User=root download exim4-daemon-light libnss-wrapper "${packages[@]}" >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; echo "exim4-daemon-light could not be fetched (apt-get update makes the lists)." >&2; exit 1; }
for deb in *.deb; do dpkg-deb -x "$deb" "$work/root"; done
chmod 755 "$work/root/usr/sbin/exim4"       # as packaged it is setuid root
rm -rf "$folder/root"; mv "$work/root" "$folder/root"

libraries=$(find "$folder/root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
# exim looks its user up by name before anything else, and the name comes with the package's installation.
uid=$(id -u) gid=$(id -g)
if [ "$uid" -eq 0 ]; then uid=65534 gid=65534; fi
{ cat /etc/passwd; echo "Debian-exim:x:$uid:$gid::$folder:/bin/false"; } >"$folder/passwd"
{ cat /etc/group; echo "Debian-exim:x:$gid:"; } >"$folder/group"
cat >"$work/exim4" <<SCRIPT
#!/bin/sh
export NSS_WRAPPER_PASSWD='$folder/passwd' NSS_WRAPPER_GROUP='$folder/group' LD_LIBRARY_PATH='$libraries'
export LD_PRELOAD=libnss_wrapper.so
exec '$folder/root/usr/sbin/exim4' "\$@"
SCRIPT
chmod 755 "$work/exim4"
"$work/exim4" -C /dev/null -bV >/dev/null || { echo "The unpacked exim does not run." >&2; exit 1; }
mv "$work/exim4" "$program"
rm -rf "$work"
echo "$program"
