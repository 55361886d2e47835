#!/bin/sh
# Runs a program in an image's file tree on the host: no container, one private mount table that is gone with the process.
# USER is uid:gid, or empty to stay who one is: a user namespace lets nobody change groups.
# Usage: unshare --mount sh enter.sh TREE USER FOLDER SOURCE:TARGET… -- NAME=VALUE… PROGRAM…
set -e
# chroot and ldconfig are there for everybody, but not on everybody's path.
PATH=$PATH:/usr/sbin:/sbin
tree=$1 user=$2 folder=$3
shift 3
for name in proc sys dev; do
  mkdir -p "$tree/$name"
  mount --rbind "/$name" "$tree/$name"
done
# The driver's libraries, which a container is given too: they belong to the kernel and are in no image.
driver=$tree/gpudock-driver
names='cuda|nvidia-ml|nvidia-ptxjitcompiler|nvidia-nvvm|nvidia-gpucomp|nvidia-fatbinaryloader'
mkdir -p "$driver"
ldconfig -p | sed -n -E "s/.*\(libc6,[^ ]*64.* => (.*\/lib($names)\.so\.[0-9.]+)\$/\1/p" |
  while read -r library; do
    [ -e "$driver/${library##*/}" ] && continue
    : > "$driver/${library##*/}"
    mount --bind "$library" "$driver/${library##*/}"
  done
while [ "$1" != -- ]; do
  mkdir -p "$tree${1##*:}"
  mount --bind "${1%:*}" "$tree${1##*:}"
  shift
done
shift
# chroot starts in the root folder; env is the image's own program.
exec chroot ${user:+"--userspec=$user"} "$tree" env -i -C "$folder" "$@"
