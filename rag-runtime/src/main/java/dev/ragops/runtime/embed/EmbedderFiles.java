package dev.ragops.runtime.embed;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads what an embedder is made of, from the image or from the bundle. Weights are read outside the heap: one that has once grown by their size stays so.
 */
final class EmbedderFiles {
    /** A stream does not say its length; the int8 encoders of this image fit. */
    private static final int ROOM = 32 << 20;

    private EmbedderFiles() {}

    /**
     * @param name of the built-in embedder
     * @throws EmbedderException when this image has no such file
     */
    static byte[] resource(String name, String file) {
        try (InputStream in = open(name, file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new EmbedderException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As {@link #resource}, valid as long as the arena. */
    static ByteBuffer weights(String name, String file, Arena arena) {
        try (ReadableByteChannel channel = Channels.newChannel(open(name, file))) {
            ByteBuffer buffer = arena.allocate(ROOM).asByteBuffer();
            while (channel.read(buffer) >= 0) {
                if (!buffer.hasRemaining()) {
                    buffer = arena.allocate(2L * buffer.capacity())
                            .asByteBuffer()
                            .put(buffer.flip());
                }
            }
            return buffer.flip();
        } catch (IOException e) {
            throw new EmbedderException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static InputStream open(String name, String file) {
        InputStream in = EmbedderFiles.class.getResourceAsStream("/" + file);
        if (in == null) {
            throw new EmbedderException("embedder.builtin '" + name + "': its weights (" + file
                    + ") are not in this image; use the -q variant or ship them in the bundle as embedder.model");
        }
        return in;
    }

    /**
     * @param field of {@code rag.yaml} that names the file, for the message
     * @param relative to the bundle
     * @throws EmbedderException naming the field when the file is missing or outside the bundle
     */
    static byte[] bundled(Path bundle, String field, String relative) {
        try {
            return Files.readAllBytes(within(bundle, field, relative));
        } catch (IOException e) {
            throw unreadable(field, relative, e);
        }
    }

    /** As {@link #bundled}, valid as long as the arena. */
    static ByteBuffer weights(Path bundle, String field, String relative, Arena arena) {
        try (SeekableByteChannel channel = Files.newByteChannel(within(bundle, field, relative))) {
            ByteBuffer buffer = arena.allocate(channel.size()).asByteBuffer();
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new IOException("it ends " + buffer.remaining() + " bytes early");
                }
            }
            return buffer.flip();
        } catch (IOException e) {
            throw unreadable(field, relative, e);
        }
    }

    private static Path within(Path bundle, String field, String relative) {
        Path root = bundle.toAbsolutePath().normalize();
        Path file = root.resolve(relative).normalize();
        if (!file.startsWith(root)) {
            throw new EmbedderException(field + " is '" + relative + "', which leaves the bundle");
        }
        return file;
    }

    private static EmbedderException unreadable(String field, String relative, IOException e) {
        return e instanceof NoSuchFileException
                ? new EmbedderException(field + " names '" + relative + "', which is not in the bundle", e)
                : new EmbedderException(field + ": " + relative + " cannot be read: " + e, e);
    }
}
