package dev.ragops.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/**
 * Connects as kubectl would. The client library takes every key in PKCS 8 for RSA unless it is told otherwise; clusters with
 * elliptic keys are as common.
 */
public final class Connection {
    private Connection() {}

    public static KubernetesClient open() {
        Config config = Config.autoConfigure(null);
        if (isElliptic(config.getClientKeyData())) {
            config.setClientKeyAlgo("EC");
        }
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static boolean isElliptic(@org.jspecify.annotations.Nullable String keyData) {
        if (keyData == null || keyData.isEmpty()) {
            return false;
        }
        String pem = new String(Base64.getDecoder().decode(keyData), StandardCharsets.US_ASCII);
        if (!pem.contains("BEGIN PRIVATE KEY")) {
            return false;
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)) != null;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
