package dev.ragops.e2e.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is wrong with a bundle, the model's condition names the file, and nobody is served from it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadBundleIT {
    /** One way to be wrong, and words of the condition it ends in. */
    enum Wrong {
        FILE_MISSING("documents.jsonl", "cannot be fetched", "manifest names it"),
        FILE_TRUNCATED("documents.jsonl"),
        PATH_TRAVERSAL("../outside.yaml", "not allowed", ".."),
        TOO_LARGE("larger than"),
        NOT_ONNX("model.onnx"),
        RAG_YAML_BROKEN("rag.yaml");

        private final List<String> words;

        Wrong(String... words) {
            this.words = List.of(words);
        }

        String model() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Stage stage = new Stage(BadBundleIT.class);

    @AfterAll
    void leave() {
        stage.close();
    }

    @ParameterizedTest
    @EnumSource
    void isNamedByACondition(Wrong wrong) {
        List<String> words = new ArrayList<>(List.of("InvalidBundle"));
        words.addAll(wrong.words);

        stage.cluster()
                .mustApply(stage.model(wrong.model())
                        .replace(
                                "alias: \"%s\"".formatted(stage.alias()),
                                "version: \"%s\"".formatted(register(wrong))));

        stage.awaitCondition(wrong.model(), "Stalled", "True", words.toArray(String[]::new));
        stage.awaitCondition(wrong.model(), "Ready", "False", "NoStable");
        stage.kubectl("delete", "ragmodel", wrong.model());
    }

    private String register(Wrong wrong) {
        var forge = stage.forge();
        return switch (wrong) {
            case FILE_MISSING -> forge.without("documents.jsonl").register();
            case FILE_TRUNCATED -> forge.truncated("documents.jsonl").register();
            case PATH_TRAVERSAL -> forge.claiming("../outside.yaml", 10).register();
            case TOO_LARGE -> forge.claiming("vectors.bin", 5L << 30).register();
            case NOT_ONNX ->
                forge.file("embedder/model.onnx", "not an ONNX file")
                        .file("embedder/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nrollback\n")
                        .file("rag.yaml", """
                                apiVersion: ragops.dev/bundle-v1
                                name: forged
                                embedder: {model: embedder/model.onnx, vocabulary: embedder/vocab.txt, pooling: mean, maxTokens: 64}
                                retrieval: {mode: hybrid, topK: 3}
                                """)
                        .register();
            case RAG_YAML_BROKEN -> forge.file("rag.yaml", "apiVersion: [").register();
        };
    }
}
