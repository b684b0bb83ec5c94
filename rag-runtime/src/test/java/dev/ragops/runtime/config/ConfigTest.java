package dev.ragops.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.search.RetrievalConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    private static final String HEAD = "apiVersion: ragops.dev/bundle-v1\nname: test\n";

    private static RagConfig parse(String yaml) {
        return RagYaml.parse(yaml.getBytes(StandardCharsets.UTF_8), "rag.yaml");
    }

    @Nested
    class Rag_yaml {
        @Test
        void may_be_as_short_as_a_name() {
            RagConfig config = parse(HEAD);

            assertThat(config.retrieval()).isEqualTo(RetrievalConfig.DEFAULT);
            assertThat(config.embedder()).isEqualTo(new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"));
        }

        @Test
        void says_everything_that_shapes_an_answer() {
            RagConfig config = parse(HEAD + """
                    embedder: {model: embedder/model.onnx, vocabulary: embedder/vocab.txt, pooling: cls, maxTokens: 128, normalize: false, queryPrefix: "query: ", dimension: 384}
                    chunking: {maxTokens: 100, overlapTokens: 10}
                    retrieval: {mode: dense, topK: 7, candidates: 20, fusion: {kind: rrf}, index: exact, rerank: {kind: sentences}}
                    answer: {kind: generated, maxSentences: 5, prompt: Be brief., contextTokens: 1000, maxTokens: 100}
                    """);

            assertThat(config.embedder()).isInstanceOfSatisfying(EmbedderSpec.Bundled.class, embedder -> {
                assertThat(embedder.encoding().pooling()).isEqualTo(EmbedderSpec.Pooling.CLS);
                assertThat(embedder.encoding().normalize()).isFalse();
                assertThat(embedder.dimension()).contains(384);
            });
            assertThat(config.retrieval().fusion()).isInstanceOf(RetrievalConfig.Fusion.ReciprocalRank.class);
            assertThat(config.retrieval().rerank()).isEqualTo(RetrievalConfig.Rerank.SENTENCES);
            assertThat(config.answer())
                    .isEqualTo(new AnswerConfig(
                            AnswerConfig.Kind.GENERATED, 5, Optional.of("Be brief."), 1000, 100, Optional.empty()));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "'name: x'|apiVersion must be ragops.dev/bundle-v1",
                    "'apiVersion: ragops.dev/bundle-v1'|name must be",
                    "''|is empty",
                    "'[1, 2]'|must be a mapping",
                    "'{'|is not YAML",
                    "'!!java.net.URL [http://x]'|is not YAML",
                    "'apiVersion: ragops.dev/bundle-v1\nname: a\nname: b'|is not YAML",
                })
        void that_is_none_is_refused(String yaml, String why) {
            assertThatThrownBy(() -> parse(yaml.replace("\\n", "\n")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("rag.yaml")
                    .hasMessageContaining(why);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "generator: {url: http://x}|unknown field generator",
                    "embedder: {builtin: a, url: b}|unknown field embedder.url",
                    "chunking: {maxTokens: many}|chunking.maxTokens must be a whole number",
                    "chunking: {maxTokens: 4}|chunking.maxTokens is 4",
                    "retrieval: {mode: fast}|retrieval.mode must be one of hybrid",
                    "retrieval: {topK: 0}|retrieval.topK is 0",
                    "'retrieval: {fusion: {denseWeight: \"2\"}}'|denseWeight is 2.0",
                    "'retrieval: {fusion: {denseWeight: high}}'|retrieval.fusion.denseWeight must be a number",
                    "retrieval: fast|retrieval must be a mapping",
                    "answer: {maxSentences: 99}|answer.maxSentences is 99",
                    "answer: {contextTokens: 10}|answer.contextTokens is 10, must be 256 to 131072",
                    "answer: {maxTokens: 0}|answer.maxTokens is 0",
                    "'answer: {prompt: \"\"}'|answer.prompt has 0 characters",
                    "'answer: {prompt: \"see https://evil.example\"}'|answer.prompt names an address",
                    "'answer: {prompt: \"be\\u200bkind\"}'|answer.prompt holds control or invisible characters",
                    "'embedder: {model: a, normalize: maybe}'|embedder.normalize must be true or false",
                    "'embedder: {model: a, maxTokens: 4}'|embedder.maxTokens is 4",
                    "'name: [x]'|is not YAML",
                })
        void names_the_field_that_is_wrong(String line, String why) {
            assertThatThrownBy(() -> parse(HEAD + line))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(why);
        }

        @Test
        void cannot_blow_up_in_memory_or_on_the_stack() {
            StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
            for (int i = 1; i < 12; i++) {
                String before = "*a" + (i - 1);
                laughs.append("a%d: &a%d [%s]%n"
                        .formatted(i, i, String.join(", ", java.util.Collections.nCopies(9, before))));
            }
            assertThatThrownBy(() -> parse(HEAD + laughs)).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> parse("a: &a [*a]")).isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> parse(HEAD + "answer: " + "[".repeat(100_000)))
                    .isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> parse(HEAD + "answer: " + "{a: ".repeat(20_000) + "1" + "}".repeat(20_000)))
                    .isInstanceOf(ConfigException.class);
            assertThatThrownBy(() -> parse(HEAD + "#" + "x".repeat(2 << 20))).isInstanceOf(ConfigException.class);
        }

        @Test
        void must_be_utf8() {
            assertThatThrownBy(() -> RagYaml.parse(new byte[] {(byte) 0xff}, "rag.yaml"))
                    .hasMessageContaining("not UTF-8");
        }
    }

    @Nested
    class Overrides_of_a_RagModel {
        @Test
        void replace_what_they_name_and_nothing_else() {
            RagConfig config = Overrides.apply(RagConfig.DEFAULT, """
                    {"retrieval": {"mode": "lexical", "topK": 9, "denseWeight": "0.4"},
                     "generation": {"kind": "generated", "maxSentences": 2,
                                    "generator": {"url": "http://llm/v1", "model": "small", "apiKeyFile": "/k", "timeout": "1500ms"}}}
                    """, "config.json");

            assertThat(config.retrieval().mode()).isEqualTo(RetrievalConfig.Mode.LEXICAL);
            assertThat(config.retrieval().candidates()).isEqualTo(RetrievalConfig.DEFAULT.candidates());
            assertThat(config.retrieval().fusion()).isEqualTo(new RetrievalConfig.Fusion.Convex(0.4));
            AnswerConfig.Generator generator = config.answer().generator().orElseThrow();
            assertThat(generator.timeout()).isEqualTo(Duration.ofMillis(1500));
            assertThat(generator.apiKeyFile()).contains("/k");
        }

        @ParameterizedTest
        @CsvSource({"1500ms,1500", "1m500ms,60500", "30s1m,90000", "0h9m,540000"})
        void may_give_a_time_as_a_manifest_does(String text, long millis) {
            RagConfig config = Overrides.apply(RagConfig.DEFAULT, """
                    {"generation": {"generator": {"url": "http://llm/v1", "model": "small", "timeout": "%s"}}}
                    """.formatted(text), "config.json");

            assertThat(config.answer().generator().orElseThrow().timeout()).isEqualTo(Duration.ofMillis(millis));
        }

        @Test
        void that_are_empty_change_nothing() {
            assertThat(Overrides.apply(RagConfig.DEFAULT, "{}", "config.json")).isEqualTo(RagConfig.DEFAULT);
        }

        @Test
        void may_choose_the_other_fusion() {
            assertThat(Overrides.apply(RagConfig.DEFAULT, "{\"retrieval\":{\"fusion\":\"rrf\"}}", "c")
                            .retrieval()
                            .fusion())
                    .isInstanceOf(RetrievalConfig.Fusion.ReciprocalRank.class);
            assertThat(Overrides.apply(RagConfig.DEFAULT, "{\"retrieval\":{\"fusion\":\"convex\"}}", "c"))
                    .isEqualTo(RagConfig.DEFAULT);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"retrieval\":{\"fusion\":\"rrf\",\"denseWeight\":\"0.5\"}}|retrieval.denseWeight must be left out",
                    "nonsense|is not JSON",
                    "[]|must be a mapping",
                    "{\"embedder\":{}}|unknown field embedder",
                    "{\"retrieval\":{\"topK\":5000}}|retrieval.topK is 5000",
                    "{\"generation\":{\"generator\":{\"model\":\"x\"}}}|generation.generator.url must be an address",
                    "{\"generation\":{\"generator\":{\"url\":\"http://x\",\"model\":\"m\",\"timeout\":\"soon\"}}}|timeout must be a duration",
                    "{\"generation\":{\"generator\":{\"url\":\"http://x\",\"model\":\"m\",\"timeout\":\"-5s\"}}}|timeout must be a duration",
                    "{\"generation\":{\"generator\":{\"url\":\"http://x\",\"model\":\"m\",\"timeout\":\"9999999999999999h\"}}}|timeout must be a duration",
                    "{\"generation\":{\"generator\":{\"url\":\"http://x\",\"model\":\"m\",\"timeout\":\"0s\"}}}|timeout is PT0S",
                    "{\"generation\":{\"generator\":{\"url\":\"http://x\",\"model\":\"m\",\"timeout\":\"11m\"}}}|timeout is PT11M, must be more than nothing and at most 10m",
                    "{\"generation\":{\"generator\":{\"url\":\"file:///x\",\"model\":\"m\"}}}|must be http(s)://host",
                    "{\"generation\":{\"generator\":{\"url\":\"http://a b\",\"model\":\"m\"}}}|generation.generator.url is",
                })
        void that_are_wrong_are_named(String json, String why) {
            assertThatThrownBy(() -> Overrides.apply(RagConfig.DEFAULT, json, "config.json"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(why);
        }
    }
}
