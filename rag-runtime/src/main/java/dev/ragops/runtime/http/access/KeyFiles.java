package dev.ragops.runtime.http.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the lines of the place where keys are kept: a file, or a folder of files as Kubernetes mounts a Secret. */
final class KeyFiles {
    private KeyFiles() {}

    /** @param number in its file, from 1 */
    record Line(Path file, int number, String text) {}

    /**
     * All lines that are not blank; none where there is nothing.
     *
     * @throws IOException when a file cannot be read, or is not UTF-8
     */
    static List<Line> lines(Path place) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (Path file : files(place)) {
            List<String> texts = Files.readAllLines(file);
            for (int i = 0; i < texts.size(); i++) {
                if (!texts.get(i).isBlank()) {
                    lines.add(new Line(file, i + 1, texts.get(i)));
                }
            }
        }
        return List.copyOf(lines);
    }

    private static List<Path> files(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return Files.exists(place) ? List.of(place) : List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            // Kubernetes keeps what it swaps in names with a leading dot.
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
