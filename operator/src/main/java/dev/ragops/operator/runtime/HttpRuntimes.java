package dev.ragops.operator.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.operator.outside.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/** Runtime pods of a cluster: health needs no secret. */
public final class HttpRuntimes implements Runtimes {
    private static final int PORT = 8080;

    private final ObjectMapper json = new ObjectMapper();
    private final BoundedHttp http = new BoundedHttp(Duration.ofSeconds(2));

    @Override
    public Health ask(String address) throws IOException {
        String host = address.contains(":") ? "[" + address + "]" : address;
        BoundedHttp.Answer answer =
                http.send(HttpRequest.newBuilder(URI.create("http://" + host + ":" + PORT + "/health")), Map.of());
        if (answer.status() != 200) {
            throw new IOException("answered " + answer.status());
        }
        return json.readValue(answer.body(), Health.class);
    }
}
