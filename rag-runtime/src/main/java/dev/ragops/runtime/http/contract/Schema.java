package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A schema of the contract, made ready to check values; the words of a failure name the field and say what it must be.
 *
 * <p>Only the keywords that {@link SchemaReader} knows may stand in the contract, so nothing in it goes unchecked.
 */
public final class Schema {
    private List<Rule> rules = List.of();

    Schema() {}

    Schema(List<Rule> rules) {
        this.rules = rules;
    }

    /** Set once everything is read: schemas refer to each other in circles. */
    void define(List<Rule> all) {
        rules = all;
    }

    /**
     * @param path of the value, empty for a whole body
     * @throws Problem 400 naming the first field that breaks a rule
     */
    public void check(String path, JsonNode value) {
        for (Rule rule : rules) {
            rule.check(path, value);
        }
    }

    /** JSON types the schema lets through, to choose between alternatives. */
    boolean takes(JsonNode value) {
        for (Rule rule : rules) {
            if (rule instanceof Rule.OfType type && !type.takes(value)
                    || rule instanceof Rule.OneOf one && !one.values().contains(value)) {
                return false;
            }
        }
        return true;
    }
}
