package dev.ragops.runtime.lexical;

import java.io.DataInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.SingleInstanceLockFactory;
import org.apache.lucene.util.BytesRef;

/**
 * Keeps a BM25 index in step with the documents by increments, so that one changed document costs one document. Used by
 * one thread at a time; its snapshots by any.
 */
public final class LuceneLexicalWriter implements AutoCloseable {
    static final String BODY = "body";
    static final String ORDINAL = "ordinal";
    private static final String DOCUMENT = "document";
    private static final Cleaner CLEANER = Cleaner.create();

    private final ByteBuffersDirectory directory;
    private final EnglishText analyzer = new EnglishText();
    private final BM25Similarity similarity = new BM25Similarity();
    private final IndexWriter writer;
    private final FieldType bodyType = new FieldType();

    public LuceneLexicalWriter() {
        this(memory());
    }

    private LuceneLexicalWriter(ByteBuffersDirectory directory) {
        this.directory = directory;
        bodyType.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        bodyType.setTokenized(true);
        bodyType.freeze();
        IndexWriterConfig config = new IndexWriterConfig(analyzer)
                .setSimilarity(similarity)
                // Keeps documents in the order they came, which is that of their ordinals: ties stay deterministic.
                .setMergePolicy(mergePolicy())
                .setMergeScheduler(new SerialMergeScheduler())
                .setRAMBufferSizeMB(32);
        try {
            writer = new IndexWriter(directory, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One array a file once it is written: it is read without the slices and bounds of buffers, which were a fifth of all that a question allocated. */
    static ByteBuffersDirectory memory() {
        return new ByteBuffersDirectory(
                new SingleInstanceLockFactory(), ByteBuffersDataOutput::new, ByteBuffersDirectory.OUTPUT_AS_BYTE_ARRAY);
    }

    /**
     * Goes on from what {@link LuceneLexicalIndex#write} wrote.
     *
     * @throws IOException when it is not that, or of another Lucene
     */
    public static LuceneLexicalWriter read(DataInput in) throws IOException {
        try {
            return new LuceneLexicalWriter(LexicalImage.read(in));
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e.getCause());
        }
    }

    /** Few small segments: every one is a fixed cost of every question, and merging them in memory is cheap. */
    private static LogByteSizeMergePolicy mergePolicy() {
        LogByteSizeMergePolicy policy = new LogByteSizeMergePolicy();
        policy.setMergeFactor(3);
        policy.setMinMergeMB(0.02);
        policy.setNoCFSRatio(0);
        return policy;
    }

    /**
     * Adds a document's passages.
     *
     * @param document what {@link #delete} is told later
     * @param firstOrdinal of the first text; the others follow it
     */
    public void add(String document, int firstOrdinal, List<String> texts) {
        BytesRef key = new BytesRef(document.getBytes(StandardCharsets.UTF_8));
        try {
            int ordinal = firstOrdinal;
            for (String text : texts) {
                Document fields = new Document();
                fields.add(new StringField(DOCUMENT, key, Field.Store.NO));
                fields.add(new NumericDocValuesField(ORDINAL, ordinal++));
                fields.add(new Field(BODY, text, bodyType));
                writer.addDocument(fields);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a document's passages, if there are any. */
    public void delete(String document) {
        try {
            writer.deleteDocuments(new Term(DOCUMENT, new BytesRef(document.getBytes(StandardCharsets.UTF_8))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes one segment of all. The one thing that another thread may do meanwhile: {@link #add} and {@link #delete} go on beside it. */
    public void merge() {
        try {
            writer.forceMerge(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The index as it is now; its memory goes when nothing refers to it any more. */
    public LexicalIndex snapshot() {
        try {
            DirectoryReader reader = DirectoryReader.open(writer);
            LexicalIndex snapshot = new LuceneLexicalIndex(reader, analyzer, similarity, bytes(reader));
            CLEANER.register(snapshot, () -> closeQuietly(reader));
            return snapshot;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the segments that this reader holds: other files come and go, as older snapshots are cleaned by their own thread. */
    private static long bytes(DirectoryReader reader) throws IOException {
        long bytes = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            bytes += ((SegmentReader) leaf.reader()).getSegmentInfo().sizeInBytes();
        }
        return bytes;
    }

    private static void closeQuietly(DirectoryReader reader) {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            writer.rollback();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
