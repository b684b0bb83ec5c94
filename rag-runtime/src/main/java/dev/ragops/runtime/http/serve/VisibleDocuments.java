package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.ListedDocument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/**
 * Walks the documents of a collection that a caller may see, by id. It holds a bounded page of the store at a time, however many are hidden between
 * two that are not; to be used on a worker.
 */
public final class VisibleDocuments implements Iterator<ListedDocument> {
    /** A metadata filter is not the database's: few trips to it, and little heap beside the page that is asked for. */
    private static final int ROWS = 500;

    private final DocumentStore store;
    private final Call call;
    private final String collection;
    private final int rows;
    private final Queue<ListedDocument> ahead = new ArrayDeque<>();
    private String after;
    private boolean atEnd;

    /**
     * @param after ids greater than this one; empty: from the first
     * @param wanted documents that will be asked for, as far as the caller knows
     */
    public VisibleDocuments(DocumentStore store, Call call, String collection, String after, int wanted) {
        this.store = store;
        this.call = call;
        this.collection = collection;
        this.after = after;
        this.rows = call.grant().filter().isEmpty() ? Math.min(wanted, ROWS) : ROWS;
    }

    /** @throws Problem 503 when the deadline passes on the way */
    @Override
    public boolean hasNext() {
        while (ahead.isEmpty() && !atEnd) {
            if (call.left().isNegative()) {
                throw Problem.later("Deadline passed", "the listing took longer than the request's deadline");
            }
            List<ListedDocument> page = store.list(collection, after, rows);
            atEnd = page.size() < rows;
            if (!page.isEmpty()) {
                after = page.getLast().id();
            }
            page.stream()
                    .filter(document -> call.grant().sees(document.metadata()))
                    .forEach(ahead::add);
        }
        return !ahead.isEmpty();
    }

    @Override
    public ListedDocument next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ahead.remove();
    }

    /** The next documents, fewer at the end. */
    public List<ListedDocument> take(int most) {
        List<ListedDocument> taken = new ArrayList<>();
        while (taken.size() < most && hasNext()) {
            taken.add(next());
        }
        return taken;
    }

    /** @return how many there were to skip */
    public int skip(int most) {
        int skipped = 0;
        while (skipped < most && hasNext()) {
            next();
            skipped++;
        }
        return skipped;
    }
}
