package dev.ragops.runtime.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Who we are to the registry, and whom we believe.
 *
 * @param authorization value of the header, if any
 * @param authorities path of a PEM file with the registry's own certificate authorities, if any
 */
public record Credentials(Optional<String> authorization, Optional<Path> authorities) {
    public static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

    /** A mounted Secret: {@code username} and {@code password}, or {@code token}; {@code ca.crt} beside them. */
    public static Credentials fromDirectory(Path directory) {
        Optional<String> token = read(directory.resolve("token")).map(value -> "Bearer " + value);
        Optional<String> basic = read(directory.resolve("username"))
                .map(user -> basic(user, read(directory.resolve("password")).orElse("")));
        return new Credentials(
                token.or(() -> basic), Optional.of(directory.resolve("ca.crt")).filter(Files::isRegularFile));
    }

    /** As MLflow's own tools take them. */
    public static Credentials fromEnvironment(java.util.Map<String, String> environment) {
        Optional<String> token =
                Optional.ofNullable(environment.get("MLFLOW_TRACKING_TOKEN")).map(value -> "Bearer " + value);
        Optional<String> basic = Optional.ofNullable(environment.get("MLFLOW_TRACKING_USERNAME"))
                .map(user -> basic(user, environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "")));
        return new Credentials(
                token.or(() -> basic),
                Optional.ofNullable(environment.get("MLFLOW_TRACKING_SERVER_CERT_PATH"))
                        .map(Path::of));
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    Optional<SSLContext> sslContext() {
        return authorities.map(file -> {
            try (InputStream in = Files.newInputStream(file)) {
                KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
                trusted.load(null, null);
                int number = 0;
                for (Certificate certificate :
                        CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    trusted.setCertificateEntry("ca-" + number++, certificate);
                }
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trusted);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return context;
            } catch (IOException | GeneralSecurityException e) {
                throw RegistryException.refused(file + " holds no certificates: " + e.getMessage());
            }
        });
    }
}
