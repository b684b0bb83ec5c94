package dev.ragops.runtime.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BundleFetcherTest extends MlflowFixture {
    @Nested
    class A_fetch {
        @Test
        void brings_the_files_of_the_manifest_and_nothing_else() {
            artifacts.put("1/run/artifacts/bundle/extra.bin", new byte[10]);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(directory.resolve("target/extra.bin")).doesNotExist();
        }

        @Test
        void that_breaks_off_goes_on_where_it_was() {
            brokenDownloads.set(2);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(requests)
                    .filteredOn(request -> request.contains("documents.jsonl"))
                    .hasSize(3);
        }

        @Test
        void survives_a_server_that_fails_for_a_moment() {
            failures.set(2);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
        }

        @Test
        void follows_the_run_that_a_version_names_and_the_directory_in_its_tag() {
            answers.put("model-versions/get-download-uri", "{\"artifact_uri\":\"runs:/abc/files\"}");
            answers.put("runs/get", "{\"run\":{\"info\":{\"artifact_uri\":\"mlflow-artifacts:/1/run/artifacts\"}}}");
            answers.put(
                    "model-versions/get",
                    "{\"model_version\":{\"tags\":[{\"key\":\"ragops.bundle\",\"value\":\"inner\"},{\"key\":\"ragops.digest\",\"value\":\""
                            + bundle.digest() + "\"}]}}");
            Map.copyOf(artifacts)
                    .forEach((path, content) -> artifacts.put(path.replace("/bundle/", "/files/inner/"), content));

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(requests).anyMatch(request -> request.contains("artifacts/files/inner/rag.yaml"));
        }

        @Test
        void from_a_cache_asks_nobody() {
            Path cache = directory.resolve("cache");
            BundleFetcher fetcher = new BundleFetcher(client);
            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("one"), Optional.of(cache));
            requests.clear();

            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("two"), Optional.of(cache));

            assertThat(requests).isEmpty();
            assertThat(Bundle.open(directory.resolve("two")).digest()).isEqualTo(bundle.digest());
        }

        @Test
        void does_not_believe_a_damaged_cache() throws IOException {
            Path cache = directory.resolve("cache");
            BundleFetcher fetcher = new BundleFetcher(client);
            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("one"), Optional.of(cache));
            Files.writeString(cache.resolve(bundle.digest()).resolve("rag.yaml"), "altered");

            Bundle fetched =
                    fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("two"), Optional.of(cache));

            assertThat(fetched.digest()).isEqualTo(bundle.digest());
            assertThat(Bundle.open(cache.resolve(bundle.digest())).digest()).isEqualTo(bundle.digest());
        }
    }

    @Nested
    class A_bundle_is_refused {
        @Test
        void when_its_digest_is_not_the_registered_one() {
            assertThatThrownBy(() -> new BundleFetcher(client)
                            .fetch(VERSION, Optional.of("f".repeat(64)), directory.resolve("target"), Optional.empty()))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("expected ffffffffffff");
        }

        @Test
        void when_a_file_of_its_manifest_is_gone() {
            artifacts.remove("1/run/artifacts/bundle/documents.jsonl");

            assertThatThrownBy(BundleFetcherTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("documents.jsonl cannot be fetched");
        }

        @Test
        void when_a_file_was_altered_or_grew() {
            artifacts.put("1/run/artifacts/bundle/rag.yaml", "short".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(BundleFetcherTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("rag.yaml");

            artifacts.put("1/run/artifacts/bundle/rag.yaml", new byte[100_000]);
            assertThatThrownBy(BundleFetcherTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("larger than");
        }

        @Test
        void when_the_version_has_no_manifest() {
            artifacts.remove("1/run/artifacts/bundle/manifest.json");

            assertThatThrownBy(BundleFetcherTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("no manifest.json");
        }
    }
}
