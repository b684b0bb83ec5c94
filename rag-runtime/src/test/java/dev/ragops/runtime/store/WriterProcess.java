package dev.ragops.runtime.store;

import java.nio.file.Path;
import java.util.List;

/** A process of its own that writes to a SQLite file and prints the sequence of each write. */
public final class WriterProcess {
    private WriterProcess() {}

    public static void main(String[] arguments) {
        String name = arguments[1];
        try (DocumentStore store = Stores.sqlite(Path.of(arguments[0]), "default/support")) {
            for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
                System.out.println(
                        store.upsert("default", List.of(DocumentStoreTest.document(name + "-" + i, "text of " + name)))
                                .sequence());
            }
        }
    }
}
