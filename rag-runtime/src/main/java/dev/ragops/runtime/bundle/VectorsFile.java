package dev.ragops.runtime.bundle;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code vectors.bin}: vectors of the bundle's passages, made once at registration, so that a start embeds nothing.
 *
 * <p>Big-endian: {@code "RAGV1"}, fingerprint (UTF), dimension, count, then per vector the SHA-256 of the exact model input (32
 * bytes) and {@code dimension} floats. Vectors of another fingerprint are ignored.
 */
public final class VectorsFile {
    private static final String MAGIC = "RAGV1";
    private static final int MAX_DIMENSION = 4096;

    private VectorsFile() {}

    /** @param vectors by SHA-256 (hex) of the exact model input */
    public static void write(Path file, String fingerprint, int dimension, Map<String, float[]> vectors)
            throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeBytes(MAGIC);
            out.writeUTF(fingerprint);
            out.writeInt(dimension);
            out.writeInt(vectors.size());
            for (Map.Entry<String, float[]> entry : new TreeMap<>(vectors).entrySet()) {
                out.write(HexFormat.of().parseHex(entry.getKey()));
                for (float value : entry.getValue()) {
                    out.writeFloat(value);
                }
            }
        }
    }

    /** The vectors by input hash, or none when they are of another embedder. */
    public static Map<String, float[]> read(Path file, String fingerprint, int dimension) {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            byte[] magic = in.readNBytes(MAGIC.length());
            if (!MAGIC.equals(new String(magic, java.nio.charset.StandardCharsets.US_ASCII))) {
                throw new BundleException(file.getFileName() + " is no file of vectors");
            }
            if (!in.readUTF().equals(fingerprint)) {
                return Map.of();
            }
            int stored = in.readInt();
            int count = in.readInt();
            if (stored != dimension || stored > MAX_DIMENSION || count < 0) {
                throw new BundleException(
                        file.getFileName() + " has vectors of length " + stored + ", the embedder has " + dimension);
            }
            Map<String, float[]> vectors = HashMap.newHashMap(Math.min(count, 1 << 20));
            for (int i = 0; i < count; i++) {
                String hash = HexFormat.of().formatHex(in.readNBytes(32));
                float[] vector = new float[dimension];
                for (int j = 0; j < dimension; j++) {
                    vector[j] = in.readFloat();
                }
                vectors.put(hash, vector);
            }
            return vectors;
        } catch (IOException e) {
            throw new BundleException(file.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
    }
}
