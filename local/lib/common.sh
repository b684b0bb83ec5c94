# shellcheck shell=bash
# Places, messages, processes and waiting: what every other part uses.

RAGOPS_CACHE=${RAGOPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ragops}
if [[ $EUID -eq 0 ]]; then
    RUN=${RAGOPS_RUN:-/var/lib/ragops-local}
else
    RUN=${RAGOPS_RUN:-${XDG_STATE_HOME:-$HOME/.local/state}/ragops}
fi
LOGS=$RUN/log
PIDS=$RUN/pid
KUBECONFIG_FILE=$RUN/kubeconfig

say() { printf '%s\n' "$*" >&2; }
step() { printf '  %-44s' "$*" >&2; }
done_in() { printf ' %s s\n' "$((SECONDS - $1))" >&2; }
die() {
    printf 'ragops: %s\n' "$*" >&2
    exit 1
}

# A process is known by its pid and the moment the kernel started it, so that a reused pid is never mistaken for ours.
# One that ended and was not yet waited for (Z) does not run.
started_at() { awk '{sub(/^.*\) /, ""); if ($1 != "Z") print $20}' "/proc/$1/stat" 2>/dev/null; }

start() { # NAME COMMAND...: in the background, in a session of its own, output to the log
    local name=$1
    shift
    mkdir -p "$LOGS" "$PIDS"
    # The variable is inherited by whatever it starts: that is how `down` knows strays of a crash.
    RAGOPS_LOCAL=$RUN setsid nohup "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
    local pid=$!
    printf '%s %s\n' "$pid" "$(started_at "$pid")" >"$PIDS/$name"
}

running() { # NAME
    local pid since
    [[ -f $PIDS/$1 ]] || return 1
    read -r pid since <"$PIDS/$1"
    [[ -n $since && $(started_at "$pid") == "$since" ]]
}

pid_of() { cut -d' ' -f1 "$PIDS/$1"; }

stop() { # NAME [SECONDS]: asks, waits, then insists
    local name=$1 patience=${2:-10} pid
    if running "$name"; then
        pid=$(pid_of "$name")
        kill "$pid" 2>/dev/null || true
        for ((i = 0; i < patience * 10; i++)); do
            running "$name" || break
            sleep 0.1
        done
        if running "$name"; then kill -9 "$pid" 2>/dev/null || true; fi
    fi
    rm -f "$PIDS/$name"
}

# Every process that came from here and outlived whoever started it.
end_strays() {
    local environment pid
    for environment in /proc/[0-9]*/environ; do
        pid=${environment#/proc/}
        pid=${pid%/environ}
        if grep -qzxF "RAGOPS_LOCAL=$RUN" "$environment" 2>/dev/null; then kill -9 "$pid" 2>/dev/null || true; fi
    done
}

tail_of() { # NAME: the end of a log, for an error message
    say "--- last lines of $LOGS/$1.log"
    tail -n 15 "$LOGS/$1.log" >&2 || true
}

wait_for() { # WHAT SECONDS PROCESS COMMAND...: until the command succeeds; fails with the log if the process ends or time is over
    local what=$1 seconds=$2 process=$3 deadline
    shift 3
    deadline=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        if [[ $process != - ]] && ! running "$process"; then
            tail_of "$process"
            die "$process ended before $what"
        fi
        if ((SECONDS >= deadline)); then
            [[ $process == - ]] || tail_of "$process"
            die "no $what within $seconds s"
        fi
        sleep 0.2
    done
}

# The address by which pods and the node reach each other and this machine.
node_address() {
    local address
    address=$(ip -4 -o route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    [[ -n $address ]] || address=$(ip -4 -o addr show scope global | awk '!/cni0|docker0/ {sub("/.*", "", $4); print $4; exit}')
    if [[ -z $address ]]; then
        ip link add ragops0 type dummy 2>/dev/null || true
        ip addr add 172.31.255.1/32 dev ragops0 2>/dev/null || true
        ip link set ragops0 up
        address=172.31.255.1
    fi
    printf '%s\n' "$address"
}

kubectl_admin() { "$BIN/kubectl" --kubeconfig "$KUBECONFIG_FILE" "$@"; }
