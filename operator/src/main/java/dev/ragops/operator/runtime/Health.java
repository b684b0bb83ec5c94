package dev.ragops.operator.runtime;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a runtime's {@code /health}, as docs/contracts.md has it.
 *
 * @param done documents indexed, of {@code total}, while it catches up
 * @param tokens which tokens it accepts, by id; null or empty where it does not say
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Health(
        @Nullable String status,
        long done,
        long total,
        @Nullable String revision,
        @Nullable String bundleDigest,
        @Nullable String configDigest,
        @JsonProperty("view") @Nullable View view,
        @Nullable List<String> tokens) {
    /** @param sequence of the view it answers from; {@code head} is the store's */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record View(long sequence, long head) {}

    public boolean isCatchingUp() {
        return "catching-up".equals(status);
    }

    /** Changes of the document store it does not answer with yet. */
    public long lag() {
        return view == null ? 0 : Math.max(0, view.head() - view.sequence());
    }
}
