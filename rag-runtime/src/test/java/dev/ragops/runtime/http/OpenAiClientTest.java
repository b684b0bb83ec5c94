package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.ComparisonFilter;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import com.openai.models.vectorstores.VectorStoreSearchParams;
import com.openai.models.vectorstores.VectorStoreSearchResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own Java client, as users have it, against a running server. */
class OpenAiClientTest extends ServerFixture {
    private OpenAIClient client = OpenAIOkHttpClient.builder().apiKey("none").build();

    @BeforeEach
    void connect() {
        client = OpenAIOkHttpClient.builder()
                .baseUrl(url + "/v1")
                .apiKey("anything")
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void lists_the_models() {
        assertThat(client.models().list().data())
                .extracting(Model::id)
                .containsExactly("default", "all-MiniLM-L6-v2-q");
        assertThat(client.models().retrieve("default").ownedBy()).isEqualTo("ragops");
        assertThatThrownBy(() -> client.models().retrieve("gpt-5")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void embeds_as_floats_and_as_base64_alike() {
        EmbeddingCreateParams.Builder params = EmbeddingCreateParams.builder()
                .model("all-MiniLM-L6-v2-q")
                .inputOfArrayOfStrings(List.of("a change of route", "rain"));

        var floats = client.embeddings()
                .create(params.encodingFormat(EmbeddingCreateParams.EncodingFormat.FLOAT)
                        .build());
        var base64 = client.embeddings()
                .create(params.encodingFormat(EmbeddingCreateParams.EncodingFormat.BASE64)
                        .build());

        assertThat(floats.data()).hasSize(2);
        assertThat(floats.data().getFirst().embedding()).hasSize(384);
        assertThat(base64.data().getLast().embedding())
                .isEqualTo(floats.data().getLast().embedding());
        assertThat(floats.usage().promptTokens()).isPositive();
    }

    @Test
    void is_told_in_its_own_exceptions_what_is_wrong() {
        assertThatThrownBy(() -> client.embeddings()
                        .create(EmbeddingCreateParams.builder()
                                .model("m")
                                .input("x")
                                .dimensions(7)
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("dimensions must be 384");
    }

    private static ChatCompletionCreateParams question() {
        return ChatCompletionCreateParams.builder()
                .model("default")
                .addSystemMessage("Be brief.")
                .addUserMessage("what is a rollback?")
                .build();
    }

    @Test
    void gets_an_answer_with_its_citations_as_annotations() throws Exception {
        ChatCompletion completion = client.chat().completions().create(question());

        var message = completion.choices().getFirst().message();
        assertThat(message.content().orElseThrow()).contains("A rollback is a change of route");
        var citation = message.annotations().orElseThrow().getFirst().urlCitation();
        assertThat(citation.title()).isEqualTo("Rollback");
        assertThat(citation.url()).isEqualTo("/documents/rollback?collection=default");
        assertThat(json(get(citation.url())).path("text").asText())
                .isEqualTo("A rollback is a change of route, never a rebuild.");
        assertThat(completion.usage().orElseThrow().totalTokens()).isPositive();
    }

    @Test
    void streams_the_same_answer() {
        String whole = client.chat()
                .completions()
                .create(question())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(question())) {
            String streamed = chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
            assertThat(streamed).isEqualTo(whole);
        }
    }

    @Test
    void searches_a_collection_with_a_filter() {
        List<VectorStoreSearchResponse> found = client.vectorStores()
                .search(VectorStoreSearchParams.builder()
                        .vectorStoreId("default")
                        .query("rollback")
                        .filters(ComparisonFilter.builder()
                                .type(ComparisonFilter.Type.EQ)
                                .key("kind")
                                .value("other")
                                .build())
                        .maxNumResults(3)
                        .build())
                .data();

        assertThat(found).extracting(VectorStoreSearchResponse::fileId).containsExactly("weather");
        assertThat(found.getFirst().content().getFirst().text()).contains("It rains");
    }
}
