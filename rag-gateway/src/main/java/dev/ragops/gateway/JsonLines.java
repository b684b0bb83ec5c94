package dev.ragops.gateway;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Writes one JSON object a line, with the field names of the runtime's logs. No request ever gets into it. */
final class JsonLines extends Formatter {

    static void install() {
        LogManager.getLogManager().reset();
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new JsonLines());
        console.setLevel(Level.INFO);
        Logger.getLogger("").addHandler(console);
    }

    @Override
    public String format(LogRecord record) {
        JsonObject line = new JsonObject()
                .put("timestamp", record.getInstant().toString())
                .put("level", record.getLevel().getName())
                .put("logger", record.getLoggerName())
                .put("message", formatMessage(record));
        if (record.getThrown() != null) {
            StringWriter trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace));
            line.put("stack_trace", trace.toString());
        }
        return line.encode() + System.lineSeparator();
    }
}
