package dev.ragops.runtime.search;

import dev.ragops.runtime.index.IndexImage;
import dev.ragops.runtime.index.SegmentedIndex;
import dev.ragops.runtime.lexical.LuceneLexicalWriter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A view on disk, so that a restart reads an index instead of deriving it. A copy and never the truth: one that is
 * corrupt, of another format or of another origin is not used, which the log says, and the index is derived as ever.
 *
 * <p>Layout: {@code RAGOPSIX}, format, origin, cursor, sequence, dimension; rows and graphs ({@link IndexImage}); passages;
 * words; CRC-32C of all before.
 */
public final class SnapshotFile {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFile.class);
    private static final long MAGIC = 0x5241474f50534958L;
    /** Raised with every change of the layout; another one is not read. */
    private static final int FORMAT = 1;

    private static final int BUFFER = 1 << 16;

    private final Path file;

    /**
     * What an index was derived by and from; a snapshot of another one is foreign.
     *
     * @param fingerprint of the embedder
     * @param content names all else that decides which passages documents become: bundle, chunking, kind of index
     */
    public record Origin(String fingerprint, String content) {}

    /**
     * Where the document store stood, for whoever follows it on.
     *
     * @param epoch of the store; empty when there was none
     * @param forgottenBefore what the store had already forgotten when the index was begun
     */
    public record Cursor(String epoch, long forgottenBefore) {}

    /** An index read back, once: it belongs to the {@link Indexer} that goes on with it. */
    public static final class Restored {
        private final IndexState state;
        private final long sequence;
        private final Cursor cursor;

        private Restored(IndexState state, long sequence, Cursor cursor) {
            this.state = state;
            this.sequence = sequence;
            this.cursor = cursor;
        }

        IndexState state() {
            return state;
        }

        public long sequence() {
            return sequence;
        }

        public Cursor cursor() {
            return cursor;
        }
    }

    public SnapshotFile(Path file) {
        this.file = file;
    }

    /** Replaces the file at once: a reader, or a crash, sees the old one or the new one. */
    public void write(View view, Origin origin, Cursor cursor) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // Of its own: replicas of one revision write the same snapshot into one folder.
        Path partial = Files.createTempFile(folder, file.getFileName() + ".", ".partial");
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            OutputStream sink = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            CheckedOutputStream checked = new CheckedOutputStream(sink, new CRC32C());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeLong(MAGIC);
            out.writeInt(FORMAT);
            PassageImage.writeText(origin.fingerprint(), out);
            PassageImage.writeText(origin.content(), out);
            PassageImage.writeText(cursor.epoch(), out);
            out.writeLong(cursor.forgottenBefore());
            out.writeLong(view.sequence());
            out.writeInt(((SegmentedIndex) view.dense()).dimension());
            IndexImage.write(view.dense(), out);
            PassageImage.write((PassageTable) view.passages(), out);
            view.lexical().write(out);
            out.writeLong(checked.getChecksum().getValue());
            out.flush();
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The index of {@code expected} origin.
     *
     * @return empty when there is none that can be used; the log says why
     */
    public Optional<Restored> read(Origin expected, int dimension) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (CheckedInputStream opened =
                new CheckedInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER), new CRC32C())) {
            return Optional.of(read(new DataInputStream(opened), opened, expected, dimension));
        } catch (EOFException e) {
            LOG.warn("{} is cut short: the index is derived anew", file);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be used ({}): the index is derived anew", file, e.getMessage());
        }
        return Optional.empty();
    }

    private static Restored read(DataInputStream in, CheckedInputStream checked, Origin expected, int dimension)
            throws IOException {
        require(in.readLong() == MAGIC, "it is no snapshot of an index");
        int format = in.readInt();
        require(format == FORMAT, "its format is " + format + ", this version reads " + FORMAT);
        String fingerprint = PassageImage.readText(in);
        require(fingerprint.equals(expected.fingerprint()), "its vectors are of another embedder, " + fingerprint);
        require(PassageImage.readText(in).equals(expected.content()), "its passages are of another bundle or chunking");
        Cursor cursor = new Cursor(PassageImage.readText(in), in.readLong());
        long sequence = in.readLong();
        int width = in.readInt();
        require(width == dimension, "its vectors have " + width + " numbers, not " + dimension);
        SegmentedIndex dense = IndexImage.read(in, dimension);
        PassageTable passages = PassageImage.read(in, dense.size());
        LuceneLexicalWriter lexical = LuceneLexicalWriter.read(in);
        boolean sound = false;
        try {
            long sum = checked.getChecksum().getValue();
            require(in.readLong() == sum, "its checksum does not fit");
            IndexState state = IndexState.restored(fingerprint, passages, dense, lexical);
            int words = state.view(sequence).lexical().size();
            require(
                    words == passages.live(),
                    "it has words of " + words + " passages, but " + passages.live() + " passages");
            sound = true;
            return new Restored(state, sequence, cursor);
        } finally {
            if (!sound) {
                lexical.close();
            }
        }
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }
}
