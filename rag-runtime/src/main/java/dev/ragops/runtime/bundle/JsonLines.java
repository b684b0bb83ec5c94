package dev.ragops.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the line-by-line JSON files of a bundle; an error names file and line. */
public final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    /**
     * A question with known answers.
     *
     * @param relevant document id to grade, 1 and up
     * @param split {@code tuning} or {@code test}; empty when the file does not say
     */
    public record GoldenQuestion(String id, String query, Map<String, Integer> relevant, String split) {}

    public static List<SourceDocument> documents(Path file) {
        Set<String> ids = new HashSet<>();
        return read(
                file,
                (line, node) -> new SourceDocument(
                        id(node, line, ids),
                        text(node, "title").orElse(""),
                        text(node, "text").orElseThrow(() -> new BundleException(line + " has no text field text")),
                        metadata(node.path("metadata"), line)));
    }

    public static List<GoldenQuestion> golden(Path file) {
        Set<String> ids = new HashSet<>();
        return read(file, (line, node) -> {
            Map<String, Integer> relevant = new LinkedHashMap<>();
            for (var entry : node.path("relevant").properties()) {
                if (!entry.getValue().isInt() || entry.getValue().asInt() < 0) {
                    throw new BundleException(line + ": relevant." + entry.getKey() + " must be a grade, 0 and up");
                }
                relevant.put(entry.getKey(), entry.getValue().asInt());
            }
            return new GoldenQuestion(
                    id(node, line, ids),
                    text(node, "query").orElseThrow(() -> new BundleException(line + " has no text field query")),
                    Map.copyOf(relevant),
                    text(node, "split").orElse(""));
        });
    }

    private static String id(JsonNode node, String line, Set<String> ids) {
        String id = text(node, "id")
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> new BundleException(line + " has no text field id"));
        if (!ids.add(id)) {
            throw new BundleException(line + " repeats the id " + id);
        }
        return id;
    }

    private interface LineReader<T> {
        T read(String line, JsonNode node);
    }

    private static <T> List<T> read(Path file, LineReader<T> reader) {
        List<T> values = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                String where = file.getFileName() + " line " + number;
                try {
                    values.add(reader.read(where, JSON.readTree(line)));
                } catch (JsonProcessingException e) {
                    throw new BundleException(where + " is not JSON: " + e.getOriginalMessage(), e);
                }
            }
        } catch (MalformedInputException e) {
            throw new BundleException(file.getFileName() + " is not UTF-8", e);
        } catch (IOException e) {
            throw new BundleException(file.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
        return values;
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.path(name).isTextual() ? Optional.of(node.path(name).asText()) : Optional.empty();
    }

    private static Map<String, Object> metadata(JsonNode node, String where) {
        if (node.isMissingNode() || node.isNull()) {
            return Map.of();
        }
        return Metadata.of(node)
                .orElseThrow(() -> new BundleException(
                        where + ": metadata must hold text, numbers, true/false, or lists of those"));
    }
}
