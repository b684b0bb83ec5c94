package dev.ragops.runtime.lexical;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.Version;

/**
 * A Lucene index as bytes: its files, merged into one segment without the deleted. Analysing the texts again would take
 * most of a restart.
 */
final class LexicalImage {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_FILES = 256;

    private LexicalImage() {}

    static void write(DirectoryReader reader, DataOutput out) throws IOException {
        out.writeUTF(Version.LATEST.toString());
        try (ByteBuffersDirectory files = new ByteBuffersDirectory()) {
            IndexWriterConfig config = new IndexWriterConfig().setMergeScheduler(new SerialMergeScheduler());
            try (IndexWriter merged = new IndexWriter(files, config)) {
                List<CodecReader> leaves = new ArrayList<>();
                for (LeafReaderContext leaf : reader.leaves()) {
                    leaves.add((CodecReader) leaf.reader());
                }
                if (!leaves.isEmpty()) {
                    merged.addIndexes(leaves.toArray(CodecReader[]::new));
                }
            }
            String[] names = files.listAll();
            out.writeInt(names.length);
            byte[] buffer = new byte[BUFFER];
            for (String name : names) {
                out.writeUTF(name);
                try (IndexInput file = files.openInput(name, IOContext.READONCE)) {
                    long left = file.length();
                    out.writeLong(left);
                    for (; left > 0; left -= Math.min(BUFFER, left)) {
                        int length = (int) Math.min(BUFFER, left);
                        file.readBytes(buffer, 0, length);
                        out.write(buffer, 0, length);
                    }
                }
            }
        }
    }

    static ByteBuffersDirectory read(DataInput in) throws IOException {
        String version = in.readUTF();
        if (!version.equals(Version.LATEST.toString())) {
            throw new IOException("its words were indexed by Lucene " + version + ", this is " + Version.LATEST);
        }
        int count = in.readInt();
        if (count < 0 || count > MAX_FILES) {
            throw new IOException("a lexical index of " + count + " files is impossible");
        }
        ByteBuffersDirectory files = LuceneLexicalWriter.memory();
        byte[] buffer = new byte[BUFFER];
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            long left = in.readLong();
            try (IndexOutput file = files.createOutput(name, IOContext.DEFAULT)) {
                for (; left > 0; left -= Math.min(BUFFER, left)) {
                    int length = (int) Math.min(BUFFER, left);
                    in.readFully(buffer, 0, length);
                    file.writeBytes(buffer, length);
                }
            }
        }
        return files;
    }
}
