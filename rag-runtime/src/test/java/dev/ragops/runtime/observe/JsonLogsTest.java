package dev.ragops.runtime.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("System.out is the process's")
class JsonLogsTest {
    private static final String FILE = "logback.configurationFile";

    @Test
    void a_line_is_one_object_with_the_fields_that_the_operator_writes_too() throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(new JsonLogs().configure(context)).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
            Logger logger = context.getLogger("dev.ragops.Some");
            logger.debug("too much");
            logger.info("{} passages", 3);
            context.getLogger("com.zaxxer.hikari.Pool").warn("too much");
        } finally {
            System.setOut(out);
            context.stop();
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(printed.toByteArray());
        assertThat(line.properties().stream().map(java.util.Map.Entry::getKey))
                .containsExactlyInAnyOrder("timestamp", "message", "logger", "thread", "level");
        assertThat(line.path("message").asText()).isEqualTo("3 passages");
    }

    @Test
    void a_file_that_somebody_names_is_preferred() {
        System.setProperty(FILE, "mine.xml");
        try {
            assertThat(new JsonLogs().configure(new LoggerContext())).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        } finally {
            System.clearProperty(FILE);
        }
    }
}
