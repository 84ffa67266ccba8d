#!/usr/bin/env bash
# Takes the steps of a page, in one shell as a reader would, within namespaces of its own: every port is free, /etc/lb,
# /var/lib/lb and /run/lb are there and empty, and whatever was started ends with it.
#
#   run-page.sh STEPS WORK    STEPS: a folder for each step, in order, with `kind`, `script` and `files/` and `absolute/`, to be
#                             copied to where the shell is and to the root; each is given
#                             `output` and `code`. WORK: where the shell begins.
set -o pipefail
shopt -s nullglob
set -m # a job of its own for each server, which Ctrl-C reaches as it does at a terminal
steps=$1

ip link set lo up
mount -t tmpfs none /run
cp -a /etc /run/etc 2>/dev/null
mount --bind /run/etc /etc
mount -t tmpfs none /var/lib
mount -t tmpfs none /var/log
mkdir -p /etc/lb /run/lb /var/{lib,log}/{lb,nginx} /var/lib/logrotate
cd "$2" || exit 1

servers=()
ready='"msg":"ready"|Ctrl-C ends it|^listening'

# Waits until the process has said that it is ready; fails when it ends before.
until_ready() {
  grep -qEm1 "$ready" < <(tail -n +1 -f --pid="$1" "$2" 2>/dev/null)
}

# Ends servers as Ctrl-C does. One that is an lb must say that it has stopped, and cut nothing.
end_servers() {
  local server output
  for server in "${servers[@]}"; do
    output=${server#*:}
    kill -INT -- "-${server%%:*}" 2>/dev/null
    wait "${server%%:*}"
    if grep -q '"msg":"ready"' "$output" && ! grep -q '"cut":0,"msg":"stopped"' "$output"; then
      echo "lb was not stopped in order:" && cat "$output"
      return 1
    fi
  done
  servers=()
}

try_config() {
  lb check -c "$1" || return 1
  ((${#servers[@]} == 0)) || return 0
  lb start -c "$1" &
  until_ready $! "$2" || return 1
  kill -TERM $!
  wait $!
}

for step in "$steps"/*/; do
  output=$step/output
  code=0
  : >"$output"
  cp -rT "$step/files" . && cp -rT "$step/absolute" /
  case $(<"$step/kind") in
    run | fail)
      trap 'code=1' ERR # as at a prompt: the commands that follow one that failed are still run
      . "$step/script" >"$output" 2>&1 </dev/null
      trap - ERR
      ;;
    serve)
      . "$step/script" >"$output" 2>&1 </dev/null &
      servers+=("$!:$output")
      until_ready $! "$output" || code=1
      ;;
    end) end_servers >"$output" 2>&1 || code=1 ;;
    config) try_config "$(<"$step/script")" "$output" >"$output" 2>&1 </dev/null || code=1 ;;
  esac
  echo "$code" >"$step/code"
done
