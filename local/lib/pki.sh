# shellcheck shell=bash
# Keys, certificates and kubeconfigs of the cluster, made fresh with every `up`.

make_key() { openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }

make_authority() { # FILE COMMON_NAME
    make_key "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=$2" -days 365 -addext keyUsage=critical,keyCertSign,cRLSign -out "$1.crt"
}

make_certificate() { # FILE AUTHORITY SUBJECT USAGE [NAMES]
    make_key "$1"
    openssl req -new -key "$1.key" -subj "$3" -out "$1.csr"
    {
        # Strict verifiers want all of these on a leaf.
        echo "basicConstraints=critical,CA:FALSE"
        echo "subjectKeyIdentifier=hash"
        echo "authorityKeyIdentifier=keyid"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=$4"
        if [[ -n ${5:-} ]]; then echo "subjectAltName=$5"; fi
    } >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -days 365 -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
}

make_kubeconfig() { # FILE CERTIFICATE SERVER
    cat >"$1" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: ragops-local, cluster: {server: "$3", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: admin, user: {client-certificate-data: $(base64 -w0 "$2.crt"), client-key-data: $(base64 -w0 "$2.key")}}]
contexts: [{name: ragops-local, context: {cluster: ragops-local, user: admin}}]
current-context: ragops-local
CONFIG
    chmod 600 "$1"
}

make_pki() { # NODE_IP
    local server=https://127.0.0.1:$API_PORT part
    mkdir -p "$PKI"
    cd "$PKI" || exit 1
    make_authority ca kubernetes
    make_authority front-proxy-ca front-proxy-ca
    make_certificate apiserver ca /CN=kube-apiserver serverAuth \
        "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:10.96.0.1,IP:$1"
    make_certificate apiserver-kubelet ca /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
    make_certificate front-proxy front-proxy-ca /CN=front-proxy-client clientAuth
    make_certificate admin ca /O=system:masters/CN=admin clientAuth
    make_certificate kube-controller-manager ca /CN=system:kube-controller-manager clientAuth
    make_certificate kube-scheduler ca /CN=system:kube-scheduler clientAuth
    make_certificate kube-proxy ca /CN=system:kube-proxy clientAuth
    make_certificate kubelet ca "/O=system:nodes/CN=system:node:$NODE" clientAuth
    make_certificate kubelet-serving ca "/O=system:nodes/CN=system:node:$NODE" serverAuth "DNS:$NODE,IP:$1"
    openssl genrsa -out sa.key 2048 2>/dev/null
    openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
    for part in kube-controller-manager kube-scheduler kube-proxy kubelet; do make_kubeconfig "$part.kubeconfig" "$part" "$server"; done
    make_kubeconfig "$KUBECONFIG_FILE" admin "$server"
    cd - >/dev/null || exit 1
}
