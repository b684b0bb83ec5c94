package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.evaluate.BeirFolder;
import dev.ragops.runtime.evaluate.InvalidInputException;
import dev.ragops.runtime.evaluate.Judged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Documents with questions whose answers are known, from either layout that people keep them in. */
record Collection(List<BeirFolder.Text> documents, List<Judged> questions) {
    static final String TUNING = "tuning";
    static final String TEST = "test";

    Collection {
        documents = List.copyOf(documents);
        questions = List.copyOf(questions);
    }

    /**
     * @param folder with {@code documents.jsonl} and {@code golden.jsonl}, or in BEIR's layout
     * @throws InvalidInputException when there is no question of the split
     */
    static Collection read(Path folder, String split) {
        Path golden = folder.resolve(Bundle.GOLDEN_FILE);
        if (!Files.exists(golden)) {
            BeirFolder beir = BeirFolder.read(folder, split);
            return new Collection(beir.documents(), beir.questions());
        }
        List<Judged> questions = questions(golden, split);
        if (questions.stream().noneMatch(Judged::hasRelevant)) {
            throw new InvalidInputException(golden + " has no question of the split '" + split + "'");
        }
        return new Collection(texts(JsonLines.documents(folder.resolve(Bundle.DOCUMENTS_FILE))), questions);
    }

    static List<BeirFolder.Text> texts(List<SourceDocument> documents) {
        return documents.stream()
                .map(document -> new BeirFolder.Text(document.id(), document.title(), document.text()))
                .toList();
    }

    static List<Judged> questions(Path golden, String split) {
        return JsonLines.golden(golden).stream()
                .filter(question -> question.split().equals(split))
                .map(question -> new Judged(question.id(), question.query(), question.relevant()))
                .toList();
    }
}
