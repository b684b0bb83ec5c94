package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.gateway.source.ApiServer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void haveTheDocumentedDefaults() {
        Settings settings = Settings.of(Map.of("RAGOPS_ROUTE_FILE", "/r"));

        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.adminPort()).isEqualTo(9090);
        assertThat(settings.shadowWarmUp()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.isInCluster()).isFalse();
    }

    @Test
    void watchTheClusterWhereThereIsOneAndAModel() {
        Settings settings = Settings.of(Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "RAGOPS_MODEL", "support"));

        assertThat(settings.isInCluster()).isTrue();
        assertThat(settings.apiServer()).contains(new Settings.Address("10.0.0.1", 443, ApiServer.ACCOUNT, true));
        assertThat(settings.lastKnownFile()).isEqualTo("/tmp/last-known.json");
    }

    @Test
    void nameTheVariableThatIsWrong() {
        assertThatThrownBy(() -> Settings.of(Map.of())).hasMessageContaining("RAGOPS_ROUTE_FILE");
        assertThatThrownBy(() -> Settings.of(Map.of("RAGOPS_ROUTE_FILE", "/r", "RAGOPS_PORT", "http")))
                .hasMessageContaining("RAGOPS_PORT")
                .hasMessageContaining("http");
        assertThatThrownBy(() -> Settings.of(Map.of("RAGOPS_ROUTE_FILE", "/r", "RAGOPS_SHADOW_WARM_UP", "-5s")))
                .hasMessage("RAGOPS_SHADOW_WARM_UP must be a number of seconds, not '-5s'");
        assertThatThrownBy(() -> Settings.of(Map.of("RAGOPS_ROUTE_FILE", "/r", "RAGOPS_SHADOW_WARM_UP", "4294967295")))
                .hasMessageContaining("RAGOPS_SHADOW_WARM_UP");
        assertThatThrownBy(() -> Settings.of(Map.of("RAGOPS_ROUTE_FILE", "/r", "RAGOPS_PORT", "-1")))
                .hasMessageContaining("RAGOPS_PORT must be a port number");
    }

    @Test
    void logOneObjectALine() {
        LogRecord record = new LogRecord(Level.WARNING, "a \"quoted\" word");
        record.setThrown(new IllegalStateException("why"));

        String line = new JsonLines().format(record);

        assertThat(line.strip()).doesNotContain("\n");
        assertThat(new JsonObject(line).getString("message")).isEqualTo("a \"quoted\" word");
        assertThat(new JsonObject(line).getString("stack_trace")).contains("why");
    }
}
