# shellcheck shell=bash
# The servers beside the cluster. Data lives under the run directory and goes with it.

MLFLOW_PORT=${RAGOPS_MLFLOW_PORT:-15000}
POSTGRES_PORT=${RAGOPS_POSTGRES_PORT:-15432}
PROMETHEUS_PORT=${RAGOPS_PROMETHEUS_PORT:-19090}
POSTGRES_PASSWORD=ragops
MLFLOW_REQUIREMENTS=$LOCAL/companion/mlflow-requirements.txt

# A Service without a selector and the endpoint behind it: pods reach the server by a name, as they would any other.
publish() { # NAME PORT TARGET_PORT
    [[ -f $KUBECONFIG_FILE && -f $RUN/address ]] || return 0
    sed -e "s|NAME|$1|g" -e "s|TARGET|$3|" -e "s|PORT|$2|" -e "s|ADDRESS|$(cat "$RUN/address")|" "$LOCAL/manifests/companion.yaml" |
        kubectl_admin apply --server-side -f - >/dev/null
}

listen_address() { if [[ -f $RUN/address ]]; then cat "$RUN/address"; else echo 127.0.0.1; fi; }

mlflow_environment() { # prints the folder of a virtual environment with the pinned MLflow
    local key venv
    key=$(sha256sum "$MLFLOW_REQUIREMENTS" | cut -c1-12)
    venv=$RAGOPS_CACHE/mlflow-$key
    if [[ ! -f $venv/.complete ]]; then
        local began=$SECONDS log
        step "MLflow: installing (once)"
        log=$(mktemp)
        rm -rf "$venv"
        if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check -r "$MLFLOW_REQUIREMENTS"; } >"$log" 2>&1; then
            tail -n 15 "$log" >&2
            die "MLflow could not be installed (python3 with venv is needed)"
        fi
        rm -f "$log"
        touch "$venv/.complete"
        done_in "$began"
    fi
    echo "$venv"
}

# A migrated database, made once: a fresh one costs ten seconds at every start.
mlflow_template() { # VENV
    local template=$1/template.db
    if [[ ! -f $template ]]; then
        "$1/bin/mlflow" db upgrade "sqlite:///$1/template.part" >"$LOGS/mlflow-migration.log" 2>&1 || {
            tail -n 15 "$LOGS/mlflow-migration.log" >&2
            die "MLflow's database could not be made"
        }
        mv "$1/template.part" "$template"
    fi
    echo "$template"
}

start_mlflow() {
    if running mlflow; then
        publish mlflow 5000 "$MLFLOW_PORT"
        return
    fi
    local venv data=$RUN/mlflow began
    mkdir -p "$data/artifacts" "$LOGS" "$PIDS"
    venv=$(mlflow_environment)
    began=$SECONDS
    step "MLflow"
    [[ -f $data/mlflow.db ]] || cp "$(mlflow_template "$venv")" "$data/mlflow.db"
    # Without the list of names every call from a pod is refused: the server checks the Host header.
    start mlflow env MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false HOME="$data" "$venv/bin/mlflow" server --backend-store-uri "sqlite:///$data/mlflow.db" --serve-artifacts \
        --artifacts-destination "$data/artifacts" --host 0.0.0.0 --port "$MLFLOW_PORT" --workers 1 \
        --allowed-hosts 'mlflow,mlflow:*,mlflow.*,localhost,localhost:*,127.0.0.1:*'
    wait_for "healthy MLflow" 90 mlflow curl -sf "http://127.0.0.1:$MLFLOW_PORT/health"
    publish mlflow 5000 "$MLFLOW_PORT"
    done_in "$began"
}

stop_mlflow() {
    local pid child
    if running mlflow; then
        pid=$(pid_of mlflow)
        # Its workers are children that would outlive it.
        for child in $(pgrep -P "$pid" || true); do
            pkill -P "$child" 2>/dev/null || true
            kill "$child" 2>/dev/null || true
        done
    fi
    stop mlflow
    rm -rf "$RUN/mlflow"
}

postgres_binaries() {
    local found
    found=$(find /usr/lib/postgresql -maxdepth 3 -name initdb 2>/dev/null | sort -V | tail -n 1)
    if [[ -z $found ]]; then
        install_packages postgresql
        found=$(find /usr/lib/postgresql -maxdepth 3 -name initdb | sort -V | tail -n 1)
    fi
    dirname "$found"
}

as_postgres() { runuser -u postgres -- "$@"; }

start_postgres() {
    if running postgres; then
        publish postgres 5432 "$POSTGRES_PORT"
        return
    fi
    local binaries data=$RUN/postgres began
    mkdir -p "$LOGS" "$PIDS"
    binaries=$(postgres_binaries)
    began=$SECONDS
    step "PostgreSQL"
    chmod 755 "$RUN"
    if [[ ! -f $data/PG_VERSION ]]; then
        rm -rf "$data"
        install -d -o postgres -g postgres -m 700 "$data"
        local secret
        secret=$(mktemp)
        printf '%s' "$POSTGRES_PASSWORD" >"$secret"
        chown postgres "$secret"
        as_postgres "$binaries/initdb" -D "$data" -U ragops --pwfile="$secret" -A scram-sha-256 >"$LOGS/postgres-init.log" 2>&1 || {
            tail -n 15 "$LOGS/postgres-init.log" >&2
            die "PostgreSQL's database could not be made"
        }
        rm -f "$secret"
        # Pods come from the pod network.
        echo "host all all 10.244.0.0/16 scram-sha-256" | as_postgres tee -a "$data/pg_hba.conf" >/dev/null
        echo "host all all $(listen_address)/32 scram-sha-256" | as_postgres tee -a "$data/pg_hba.conf" >/dev/null
    fi
    start postgres runuser -u postgres -- "$binaries/postgres" -D "$data" -p "$POSTGRES_PORT" -k "$data" \
        -c "listen_addresses=127.0.0.1,$(listen_address)" -c max_connections=100 -c shared_buffers=64MB
    wait_for "answering PostgreSQL" 60 postgres env PGPASSWORD="$POSTGRES_PASSWORD" \
        "$binaries/psql" -h 127.0.0.1 -p "$POSTGRES_PORT" -U ragops -d postgres -c 'select 1'
    publish postgres 5432 "$POSTGRES_PORT"
    done_in "$began"
}

stop_postgres() {
    if running postgres; then
        local master
        master=$(head -n 1 "$RUN/postgres/postmaster.pid" 2>/dev/null || true)
        # Fast shutdown: sessions end, nothing committed is lost.
        [[ -n $master ]] && kill -INT "$master" 2>/dev/null
    fi
    stop postgres
    rm -rf "$RUN/postgres"
}

start_prometheus() {
    running prometheus && return
    install_packages prometheus
    local data=$RUN/prometheus began=$SECONDS
    step "Prometheus"
    mkdir -p "$data"
    sed -e "s|TOKEN_FILE|$data/token|" -e "s|CA_FILE|$PKI/ca.crt|" -e "s|API_SERVER|https://127.0.0.1:$API_PORT|" "$LOCAL/companion/prometheus.yml" >"$data/prometheus.yml"
    kubectl_admin apply --server-side -f "$LOCAL/manifests/prometheus.yaml" >/dev/null
    kubectl_admin -n prometheus create token prometheus --duration=24h >"$data/token"
    start prometheus prometheus --config.file="$data/prometheus.yml" --storage.tsdb.path="$data/data" --web.listen-address="0.0.0.0:$PROMETHEUS_PORT"
    wait_for "ready Prometheus" 30 prometheus curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/-/ready"
    publish prometheus 9090 "$PROMETHEUS_PORT"
    done_in "$began"
}

stop_prometheus() {
    stop prometheus
    rm -rf "$RUN/prometheus"
}

companion_addresses() {
    printf '%-12s %-38s %s\n' SERVER "FROM THIS MACHINE" "FROM PODS"
    if running mlflow; then printf '%-12s %-38s %s\n' mlflow "http://127.0.0.1:$MLFLOW_PORT" http://mlflow.mlflow.svc:5000; fi
    if running postgres; then printf '%-12s %-38s %s\n' postgres "127.0.0.1:$POSTGRES_PORT (ragops/$POSTGRES_PASSWORD)" postgres.postgres.svc:5432; fi
    if running prometheus; then printf '%-12s %-38s %s\n' prometheus "http://127.0.0.1:$PROMETHEUS_PORT" http://prometheus.prometheus.svc:9090; fi
}

companion_environment() {
    if running mlflow; then echo "export MLFLOW_TRACKING_URI=http://127.0.0.1:$MLFLOW_PORT"; fi
    if running postgres; then echo "export POSTGRES_URL=postgres://ragops:$POSTGRES_PASSWORD@127.0.0.1:$POSTGRES_PORT/postgres"; fi
    if running prometheus; then echo "export PROMETHEUS_URL=http://127.0.0.1:$PROMETHEUS_PORT"; fi
}
