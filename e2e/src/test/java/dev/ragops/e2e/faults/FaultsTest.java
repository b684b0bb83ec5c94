package dev.ragops.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultsTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HANG")
    void eachAnswersUnderItsOwnPath(Fault fault) throws Exception {
        HttpResponse<String> response = ask(fault, Duration.ofSeconds(5));

        assertThat(response.statusCode()).isEqualTo(fault.status());
        assertThat(response.body()).isEqualTo(fault.body());
        assertThat(response.headers().firstValue("content-type")).contains(fault.contentType());
    }

    @Test
    void oneNeverAnswers() {
        assertThatThrownBy(() -> ask(Fault.HANG, Duration.ofMillis(300))).isInstanceOf(HttpTimeoutException.class);
    }

    private static HttpResponse<String> ask(Fault fault, Duration patience) throws Exception {
        HttpServer server = Main.serve(new InetSocketAddress("127.0.0.1", 0));
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:%d/%s/api/2.0/mlflow/registered-models/alias?name=x&alias=y"
                    .formatted(server.getAddress().getPort(), fault.path()));
            return client.send(
                    HttpRequest.newBuilder(uri).timeout(patience).build(), HttpResponse.BodyHandlers.ofString());
        } finally {
            server.stop(0);
        }
    }
}
