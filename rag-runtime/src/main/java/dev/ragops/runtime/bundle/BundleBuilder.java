package dev.ragops.runtime.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Seals a folder of files into a bundle: checks that it could be served, and writes its manifest. */
public final class BundleBuilder {
    private BundleBuilder() {}

    /**
     * Writes {@code manifest.json} over whatever is there and opens the result.
     *
     * @throws BundleException when the folder holds what a bundle may not
     */
    public static Bundle seal(Path directory) {
        SortedMap<String, Manifest.Entry> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
                String path = directory.relativize(file).toString().replace('\\', '/');
                if (!path.equals(Manifest.FILE)) {
                    files.put(Manifest.checkedPath(path), new Manifest.Entry(Bundle.sha256(file), Files.size(file)));
                }
            }
            Files.write(directory.resolve(Manifest.FILE), new Manifest(files).toJson());
        } catch (IOException e) {
            throw new BundleException("the bundle in " + directory + " cannot be written: " + e.getMessage(), e);
        }
        return Bundle.open(directory);
    }
}
