package dev.ragops.operator.outside;

import dev.ragops.operator.Durations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks a server that may be slow, endless or somebody else's: an answer is bounded in time, headers and body together (the client's own time-out ends with the headers), and
 * in size. Credentials are the decoded fields of a Secret: {@code token}, or {@code username} and {@code password}; {@code ca.crt}.
 */
public final class BoundedHttp {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int MAX_BYTES = 4 << 20;
    /** A client is not made anew more often than this, however many servers are not who they should be. */
    private static final Duration RECONNECT = Duration.ofSeconds(10);
    /** Authorities with a client of their own; each client has a thread. */
    private static final int KEPT_CLIENTS = 16;

    private final Duration limit;
    private volatile HttpClient plain = builder().build();
    private long reconnectedAt = System.nanoTime() - RECONNECT.toNanos();
    private final Map<String, HttpClient> byAuthority = new LinkedHashMap<>(16, 0.75f, true);

    /** What came back, whatever the status says. */
    public record Answer(int status, String body) {}

    /** Credentials that cannot be used; the message says which field and why. */
    public static final class BadCredentials extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadCredentials(String message) {
            super(message);
        }
    }

    /** @param limit from the first byte sent to the last one read */
    public BoundedHttp(Duration limit) {
        this.limit = limit;
    }

    /**
     * @throws HttpTimeoutException when the whole answer was not there in time
     * @throws BadCredentials when they cannot be used
     */
    public Answer send(HttpRequest.Builder request, Map<String, String> credentials) throws IOException {
        HttpClient client = client(credentials.get("ca.crt"));
        authorization(credentials).ifPresent(value -> request.setHeader("Authorization", value));
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                request.timeout(limit).build(),
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), MAX_BYTES));
        try {
            HttpResponse<String> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(response.statusCode(), response.body());
        } catch (TimeoutException late) {
            throw new HttpTimeoutException("no whole answer within " + Durations.text(limit));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } finally {
            // Ends the exchange where it is still under way: a body that trickles holds its connection otherwise.
            answer.cancel(true);
        }
    }

    /**
     * Connects anew from the next question on. A connection that was kept goes on to whom it led when it was made, whatever the name means now: a Service
     * that had no endpoint yet, or an address that was given to somebody else.
     */
    public synchronized void reconnect() {
        if (System.nanoTime() - reconnectedAt >= RECONNECT.toNanos()) {
            // The old one ends by itself when nothing is under way on it.
            plain = builder().build();
            reconnectedAt = System.nanoTime();
            synchronized (byAuthority) {
                byAuthority.clear();
            }
        }
    }

    private static Optional<String> authorization(Map<String, String> credentials) {
        Optional<String> value = Optional.ofNullable(credentials.get("token"))
                .map(token -> "Bearer " + token)
                .or(() -> Optional.ofNullable(credentials.get("username"))
                        .map(user -> "Basic "
                                + Base64.getEncoder()
                                        .encodeToString((user + ":" + credentials.getOrDefault("password", ""))
                                                .getBytes(StandardCharsets.UTF_8))));
        if (value.filter(v -> v.chars().anyMatch(c -> c < ' ' || c > '~')).isPresent()) {
            throw new BadCredentials("token holds characters that no header may have");
        }
        return value;
    }

    private HttpClient client(@org.jspecify.annotations.Nullable String authority) {
        if (authority == null) {
            return plain;
        }
        synchronized (byAuthority) {
            HttpClient known = byAuthority.get(authority);
            if (known == null) {
                known = builder().sslContext(trusting(authority)).build();
                byAuthority.put(authority, known);
                if (byAuthority.size() > KEPT_CLIENTS) {
                    var eldest = byAuthority.entrySet().iterator();
                    eldest.next().getValue().shutdown();
                    eldest.remove();
                }
            }
            return known;
        }
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1);
    }

    private static SSLContext trusting(String pem) {
        try {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            if (certificates.isEmpty()) {
                throw new BadCredentials("ca.crt holds no certificate");
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                trusted.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new BadCredentials("ca.crt is not a PEM certificate: " + broken.getMessage());
        }
    }
}
