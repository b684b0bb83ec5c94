package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where ingested documents are kept. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.sqlite) != has(self.postgres)",
        message = "set exactly one of sqlite and postgres in spec.documents")
public record DocumentsSpec(
        @JsonPropertyDescription("A SQLite file on a volume: one pod at a time writes, one node.") @Nullable
        SqliteSpec sqlite,

        @JsonPropertyDescription("A PostgreSQL database: many pods, many nodes.") @Nullable
        PostgresSpec postgres) {}
