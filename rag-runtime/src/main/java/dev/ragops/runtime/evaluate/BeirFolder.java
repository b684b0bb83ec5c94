package dev.ragops.runtime.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a collection in the layout that retrieval benchmarks share: {@code corpus.jsonl} and {@code queries.jsonl} of
 * {@code _id, title, text}, {@code qrels.tsv} of query, document, grade.
 */
public record BeirFolder(List<Text> documents, List<Judged> questions) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A document to be found. */
    public record Text(String id, String title, String text) {}

    /** A file that is missing or not what it should be; the message names file and line. */
    public static final class InvalidFolderException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InvalidFolderException(String message, Throwable cause) {
            super(message, cause);
        }

        InvalidFolderException(String message) {
            super(message);
        }
    }

    private interface LineReader {
        void read(String line) throws JsonProcessingException;
    }

    /**
     * @throws InvalidFolderException when a file is missing or a line malformed
     */
    public static BeirFolder read(Path folder) {
        List<Text> documents = new ArrayList<>();
        eachLine(folder.resolve("corpus.jsonl"), line -> {
            JsonNode node = JSON.readTree(line);
            documents.add(new Text(required(node, "_id"), node.path("title").asText(""), required(node, "text")));
        });
        Map<String, String> texts = new LinkedHashMap<>();
        eachLine(folder.resolve("queries.jsonl"), line -> {
            JsonNode node = JSON.readTree(line);
            texts.put(required(node, "_id"), required(node, "text"));
        });
        Map<String, Map<String, Integer>> grades = new HashMap<>();
        Path flat = folder.resolve("qrels.tsv");
        eachLine(Files.exists(flat) ? flat : folder.resolve("qrels").resolve("test.tsv"), line -> {
            String[] cells = line.split("\t", -1);
            if (cells.length != 3) {
                throw new IllegalArgumentException("wants query, document and grade separated by tabs");
            }
            if (!cells[0].equals("query-id")) {
                grades.computeIfAbsent(cells[0], _ -> new HashMap<>())
                        .put(cells[1], Integer.parseInt(cells[2].strip()));
            }
        });
        List<Judged> questions = new ArrayList<>();
        texts.forEach((id, text) -> questions.add(new Judged(id, text, grades.getOrDefault(id, Map.of()))));
        return new BeirFolder(List.copyOf(documents), List.copyOf(questions));
    }

    private static String required(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isValueNode()) {
            throw new IllegalArgumentException("has no field " + field);
        }
        return value.asText();
    }

    private static void eachLine(Path file, LineReader reader) {
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    reader.read(line);
                }
            }
        } catch (JsonProcessingException e) {
            throw new InvalidFolderException(file + " line " + number + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new InvalidFolderException(file + " line " + number + " " + e.getMessage(), e);
        } catch (java.nio.file.NoSuchFileException e) {
            throw new InvalidFolderException(file + " is missing", e);
        } catch (IOException e) {
            throw new InvalidFolderException(file + " cannot be read: " + e, e);
        }
    }
}
