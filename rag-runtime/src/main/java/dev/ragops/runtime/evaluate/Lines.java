package dev.ragops.runtime.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files line by line, so that what is wrong is named by file and line. */
final class Lines {
    private Lines() {}

    /** Takes one line; an {@link IllegalArgumentException} says what is wrong with it. */
    interface Reader {
        void read(String line) throws JsonProcessingException;
    }

    /** @throws InvalidInputException when the file is missing or a line is wrong; blank lines are skipped */
    static void each(Path file, Reader reader) {
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    reader.read(line);
                }
            }
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " line " + number + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(file + " line " + number + " " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file + " is missing", e);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + " is not UTF-8 after line " + number, e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e, e);
        }
    }
}
