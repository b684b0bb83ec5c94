package dev.ragops.runtime.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a collection in the layout that retrieval benchmarks share: {@code corpus.jsonl} and {@code queries.jsonl} of
 * {@code _id, title, text}, {@code qrels.tsv} or {@code qrels/<split>.tsv} of query, document, grade. Judgements of queries or documents that are not there
 * stand in some of them: the first are left out, the second count as never found.
 */
public record BeirFolder(List<Text> documents, List<Judged> questions) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public BeirFolder {
        documents = List.copyOf(documents);
        questions = List.copyOf(questions);
    }

    /** A document to be found. */
    public record Text(String id, String title, String text) {}

    /**
     * @param split whose judgements are read from {@code qrels/}; {@code tuning} is BEIR's {@code dev}, else {@code train}. A flat {@code qrels.tsv} is the test split
     * @throws InvalidInputException when a file is missing, a line malformed, or no question has a relevant document
     */
    public static BeirFolder read(Path folder, String split) {
        List<Text> documents = documents(folder.resolve("corpus.jsonl"));
        Map<String, String> texts = new LinkedHashMap<>();
        Lines.each(folder.resolve("queries.jsonl"), line -> {
            JsonNode node = object(line);
            unique(texts.put(id(node), required(node, "text")) == null, "query", id(node));
        });
        Path judgements = judgements(folder, split);
        Map<String, Map<String, Integer>> grades = grades(judgements);
        List<Judged> questions = new ArrayList<>();
        texts.forEach((id, text) -> questions.add(new Judged(id, text, grades.getOrDefault(id, Map.of()))));
        if (questions.stream().noneMatch(Judged::hasRelevant)) {
            throw new InvalidInputException(
                    judgements + " names no relevant document (a grade above 0) for any query of queries.jsonl");
        }
        return new BeirFolder(documents, questions);
    }

    private static List<Text> documents(Path file) {
        List<Text> documents = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        Lines.each(file, line -> {
            JsonNode node = object(line);
            unique(ids.add(id(node)), "document", id(node));
            documents.add(new Text(id(node), node.path("title").asText(""), required(node, "text")));
        });
        if (documents.isEmpty()) {
            throw new InvalidInputException(file + " holds no document");
        }
        return documents;
    }

    private static Path judgements(Path folder, String split) {
        Path below = folder.resolve("qrels");
        Path flat = folder.resolve("qrels.tsv");
        if (split.equals("tuning")) {
            return Stream.of(below.resolve("dev.tsv"), below.resolve("train.tsv"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(
                            () -> new InvalidInputException(
                                    folder
                                            + " has no tuning split: neither qrels/dev.tsv nor qrels/train.tsv; qrels.tsv and qrels/test.tsv are for testing"));
        }
        return Files.exists(flat) ? flat : below.resolve("test.tsv");
    }

    private static Map<String, Map<String, Integer>> grades(Path file) {
        Map<String, Map<String, Integer>> grades = new HashMap<>();
        Lines.each(file, line -> {
            String[] cells = line.split("\t", -1);
            if (cells.length != 3) {
                throw new IllegalArgumentException("wants query, document and grade separated by tabs");
            }
            if (!cells[0].equals("query-id")) {
                Integer before =
                        grades.computeIfAbsent(cells[0], _ -> new HashMap<>()).put(cells[1], grade(cells[2]));
                unique(before == null, "judgement", cells[0] + " " + cells[1]);
            }
        });
        return grades;
    }

    private static int grade(String cell) {
        try {
            return Integer.parseInt(cell.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has the grade '" + cell + "', which is no whole number", e);
        }
    }

    private static JsonNode object(String line) throws JsonProcessingException {
        JsonNode node = JSON.readTree(line);
        if (!node.isObject()) {
            throw new IllegalArgumentException("is not a JSON object");
        }
        return node;
    }

    private static String id(JsonNode node) {
        String id = required(node, "_id");
        if (id.isBlank()) {
            throw new IllegalArgumentException("has an empty _id");
        }
        return id;
    }

    private static String required(JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (value == null || !(value.isTextual() || value.isNumber())) {
            throw new IllegalArgumentException("has no field " + field);
        }
        return value.asText();
    }

    private static void unique(boolean isNew, String what, String id) {
        if (!isNew) {
            throw new IllegalArgumentException("repeats the " + what + " " + id);
        }
    }
}
