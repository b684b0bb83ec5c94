package dev.ragops.runtime.http.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What clients list before they ask: the model that answers from the documents, and the one that embeds. */
public final class ModelRoutes {
    private final List<String> models;
    private final long created;

    public ModelRoutes(Engine engine, Clock clock) {
        this.models = List.of(engine.config().name(), embedderName(engine));
        this.created = clock.instant().getEpochSecond();
    }

    static String embedderName(Engine engine) {
        return switch (engine.config().embedder()) {
            case EmbedderSpec.Builtin(String name) -> name;
            case EmbedderSpec shipped -> engine.config().name() + "-embedder";
        };
    }

    public void mount(Map<String, Consumer<Call>> operations) {
        operations.put("listModels", this::list);
        operations.put("getModel", this::get);
    }

    private void list(Call call) {
        call.json(Json.object(out -> {
            out.writeStringField("object", "list");
            out.writeArrayFieldStart("data");
            for (String model : models) {
                out.writeStartObject();
                fields(out, model);
                out.writeEndObject();
            }
            out.writeEndArray();
        }));
    }

    private void get(Call call) {
        String model = call.parameter("model").orElseThrow();
        if (!models.contains(model)) {
            throw Problem.of(
                    404, "Not found", "there is no such model here; there are " + String.join(" and ", models));
        }
        call.json(Json.object(out -> fields(out, model)));
    }

    private void fields(JsonGenerator out, String model) throws IOException {
        out.writeStringField("id", model);
        out.writeStringField("object", "model");
        out.writeNumberField("created", created);
        out.writeStringField("owned_by", "ragops");
    }
}
