# shellcheck shell=bash
# etcd, kube-apiserver, kube-controller-manager, kube-scheduler.

PKI=$RUN/pki
# shellcheck disable=SC2034 # other parts use it
NODE=ragops-local
API_PORT=${RAGOPS_API_PORT:-16443}
ETCD_PORT=${RAGOPS_ETCD_PORT:-12379}

api_ready() {
    [[ $(curl -s --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key" "https://127.0.0.1:$API_PORT$1" -o /dev/null -w '%{http_code}') == 200 ]]
}

healthy_on() { [[ $(curl -sk "https://127.0.0.1:$1/healthz") == ok ]]; }

start_control_plane() { # NODE_IP
    local began=$SECONDS etcd=http://127.0.0.1:$ETCD_PORT peer=http://127.0.0.1:$((ETCD_PORT + 1))
    step "control plane"
    # Nothing here outlives `down`, so etcd need not wait for the disk.
    start etcd "$BIN/etcd" --name local --data-dir "$RUN/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "local=$peer" --unsafe-no-fsync --log-level warn
    start kube-apiserver "$BIN/kube-apiserver" --etcd-servers="$etcd" --secure-port="$API_PORT" --bind-address=0.0.0.0 --advertise-address="$1" \
        --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
        --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$PKI/sa.pub" --service-account-signing-key-file="$PKI/sa.key" \
        --client-ca-file="$PKI/ca.crt" --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" \
        --kubelet-client-certificate="$PKI/apiserver-kubelet.crt" --kubelet-client-key="$PKI/apiserver-kubelet.key" \
        --kubelet-certificate-authority="$PKI/ca.crt" --kubelet-preferred-address-types=InternalIP,Hostname \
        --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
        --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
        --proxy-client-cert-file="$PKI/front-proxy.crt" --proxy-client-key-file="$PKI/front-proxy.key"
    wait_for "ready API server" 90 kube-apiserver api_ready /readyz
    # The default of 20 requests a second would bound every bulk creation.
    start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig="$PKI/kube-controller-manager.kubeconfig" \
        --authentication-kubeconfig="$PKI/kube-controller-manager.kubeconfig" --authorization-kubeconfig="$PKI/kube-controller-manager.kubeconfig" \
        --use-service-account-credentials --service-account-private-key-file="$PKI/sa.key" --root-ca-file="$PKI/ca.crt" \
        --cluster-signing-cert-file="$PKI/ca.crt" --cluster-signing-key-file="$PKI/ca.key" \
        --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" --client-ca-file="$PKI/ca.crt" --allocate-node-cidrs --cluster-cidr=10.244.0.0/16 \
        --service-cluster-ip-range=10.96.0.0/16 --kube-api-qps=500 --kube-api-burst=1000 --leader-elect=false --bind-address=127.0.0.1 --secure-port=20257
    start kube-scheduler "$BIN/kube-scheduler" --kubeconfig="$PKI/kube-scheduler.kubeconfig" \
        --authentication-kubeconfig="$PKI/kube-scheduler.kubeconfig" --authorization-kubeconfig="$PKI/kube-scheduler.kubeconfig" \
        --kube-api-qps=500 --kube-api-burst=1000 --leader-elect=false --bind-address=127.0.0.1 --secure-port=20259
    wait_for "healthy controller manager" 60 kube-controller-manager healthy_on 20257
    wait_for "healthy scheduler" 60 kube-scheduler healthy_on 20259
    wait_for "default ServiceAccount" 60 kube-controller-manager api_ready /api/v1/namespaces/default/serviceaccounts/default
    done_in "$began"
}
