package dev.ragops.runtime.evaluate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Rankings in the format that trec_eval and its kin read: {@code query Q0 document rank score tag}. */
public final class RunFile {
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private RunFile() {}

    /** @throws InvalidInputException when an id holds white space, which the format cannot carry, or the file cannot be written */
    public static void write(Path file, List<Ranking> run) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Ranking ranking : run) {
                int rank = 1;
                for (Ranking.Scored document : ranking.documents()) {
                    out.write(id(ranking.questionId()) + " Q0 " + id(document.documentId()) + " " + rank++ + " "
                            + (float) document.score() + " ragops\n");
                }
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be written: " + e, e);
        }
    }

    /** @throws InvalidInputException when the file is missing or a line malformed; the order of lines and their ranks do not matter, as in trec_eval */
    public static List<Ranking> read(Path file) {
        Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
        Lines.each(file, line -> {
            String[] cells = SPACE.split(line.strip());
            if (cells.length != 6) {
                throw new IllegalArgumentException("wants query, Q0, document, rank, score and tag");
            }
            Map<String, Double> ranking = scores.computeIfAbsent(cells[0], _ -> new LinkedHashMap<>());
            if (ranking.put(cells[2], score(cells[4])) != null) {
                throw new IllegalArgumentException("repeats the document " + cells[2] + " of query " + cells[0]);
            }
        });
        List<Ranking> run = new ArrayList<>();
        scores.forEach((question, ranking) -> run.add(Ranking.ofChunks(
                question,
                ranking.entrySet().stream()
                        .map(entry -> new Ranking.Scored(entry.getKey(), entry.getValue()))
                        .toList())));
        return run;
    }

    private static double score(String cell) {
        try {
            return Double.parseDouble(cell);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("has the score '" + cell + "', which is no number", e);
        }
    }

    private static String id(String id) {
        if (id.isEmpty() || SPACE.matcher(id).find()) {
            throw new InvalidInputException("the id '" + id + "' holds white space: a TREC run file cannot carry it");
        }
        return id;
    }
}
