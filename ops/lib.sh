# What the scripts in ops/ share. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export KYHAN_HOME=${KYHAN_HOME:-$project/.kyhan}
export KYHAN_PORT=${KYHAN_PORT:-8080}

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# alive FILE: the process whose id FILE holds still runs.
alive() {
  local pid
  [[ -s $1 ]] && pid=$(<"$1") && kill -0 "$pid" 2>/dev/null &&
    [[ $(ps -o stat= -p "$pid") != Z* ]]
}

# end_process FILE SECONDS: asks it to end, then makes it; removes FILE.
end_process() {
  local pid tries=$(($2 * 10))
  if alive "$1"; then
    pid=$(<"$1")
    kill -TERM "$pid" 2>/dev/null || true
    while ((tries-- > 0)) && alive "$1"; do sleep 0.1; done
    if alive "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$1"
}

# in_background PIDFILE LOG COMMAND...: in a session of its own, so that it outlives this shell.
in_background() {
  local pid_file=$1 log=$2
  shift 2
  # The shell writes its id and then becomes the command.
  # shellcheck disable=SC2016
  setsid bash -c 'echo $$ >"$1"; shift; exec "$@"' - "$pid_file" "$@" \
    </dev/null >>"$log" 2>&1 &
  local tries=50
  until [[ -s $pid_file ]] || ((tries-- == 0)); do sleep 0.05; done
}

# free_ports COUNT: so many free TCP ports of the loopback, below 45000.
free_ports() {
  python3 - "$1" <<'PYTHON'
import random, socket, sys
ports = []
while len(ports) < int(sys.argv[1]):
    port = random.randint(20000, 32000)
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            continue
    if port not in ports:
        ports.append(port)
print(*ports)
PYTHON
}
