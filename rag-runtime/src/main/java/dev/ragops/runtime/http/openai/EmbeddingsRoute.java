package dev.ragops.runtime.http.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Json;
import dev.ragops.runtime.http.serve.Workers;
import dev.ragops.runtime.observe.RuntimeMetrics;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** {@code POST /v1/embeddings}: vectors as this revision makes them. Gives way to questions, as ingest does. */
public final class EmbeddingsRoute implements AutoCloseable {
    /** A batch job waits, unlike a person at a search box. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Embedder embedder;
    private final String model;
    private final Workers workers;

    public EmbeddingsRoute(Vertx vertx, Engine engine, RuntimeMetrics metrics) {
        this.embedder = engine.embedder();
        this.model = ModelRoutes.embedderName(engine);
        this.workers = new Workers(vertx, "embed", 1, 64, LONGEST_WAIT, metrics);
    }

    public void embed(Call call) {
        JsonNode body = call.body();
        int dimensions = Given.integer(body, "dimensions", embedder.dimension());
        if (dimensions != embedder.dimension()) {
            throw Problem.field("dimensions", "must be " + embedder.dimension() + ", which is what " + model + " has");
        }
        List<String> texts = new ArrayList<>();
        JsonNode input = body.path("input");
        if (input.isArray()) {
            input.forEach(text -> texts.add(text.asText()));
        } else {
            texts.add(input.asText());
        }
        boolean questions =
                Given.text(body, "input_type").filter("query"::equals).isPresent();
        boolean base64 =
                Given.text(body, "encoding_format").filter("base64"::equals).isPresent();
        workers.run(call, call.left(), () -> reply(vectors(texts, questions), tokens(texts), base64))
                .onSuccess(call::json)
                .onFailure(call::fail);
    }

    private List<float[]> vectors(List<String> texts, boolean questions) {
        return questions ? texts.stream().map(embedder::embedQuery).toList() : embedder.embedPassages(texts);
    }

    /** Tokens that the model sees: what is beyond its limit costs nothing. */
    private int tokens(List<String> texts) {
        return texts.stream()
                .mapToInt(text -> embedder.tokenizer().encode(text, embedder.maxTokens()).length)
                .sum();
    }

    private byte[] reply(List<float[]> vectors, int tokens, boolean base64) {
        return Json.object(out -> {
            out.writeStringField("object", "list");
            out.writeStringField("model", model);
            out.writeArrayFieldStart("data");
            for (int i = 0; i < vectors.size(); i++) {
                out.writeStartObject();
                out.writeStringField("object", "embedding");
                out.writeNumberField("index", i);
                out.writeFieldName("embedding");
                vector(out, vectors.get(i), base64);
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeObjectFieldStart("usage");
            out.writeNumberField("prompt_tokens", tokens);
            out.writeNumberField("total_tokens", tokens);
            out.writeEndObject();
        });
    }

    private static void vector(JsonGenerator out, float[] vector, boolean base64) throws IOException {
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            out.writeString(Base64.getEncoder().encodeToString(bytes.array()));
            return;
        }
        out.writeStartArray();
        for (float part : vector) {
            out.writeNumber(part);
        }
        out.writeEndArray();
    }

    @Override
    public void close() {
        workers.close();
    }
}
