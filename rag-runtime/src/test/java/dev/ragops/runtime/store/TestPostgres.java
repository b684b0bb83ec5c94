package dev.ragops.runtime.store;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A real PostgreSQL from the distribution's package, in a folder of its own on a port of its own. It fails where there is none; it never skips. */
public final class TestPostgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final Path binaries;
    private final int port;

    private TestPostgres(Path folder, Path binaries, int port) {
        this.folder = folder;
        this.binaries = binaries;
        this.port = port;
    }

    /** One for all tests of this JVM, ended with it. */
    private static final class Shared {
        static final TestPostgres SERVER = started();

        private static TestPostgres started() {
            TestPostgres server = create();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            return server;
        }
    }

    public static TestPostgres shared() {
        return Shared.SERVER;
    }

    public static TestPostgres create() {
        try {
            Path folder = Files.createTempDirectory("ragops-postgres-");
            // PostgreSQL does not run as root; its user must reach the folder.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
            try (ServerSocket free = new ServerSocket(0)) {
                TestPostgres server = new TestPostgres(folder, binaries(), free.getLocalPort());
                free.close();
                server.run("initdb", "-D", server.data(), "-U", "ragops", "-A", "trust", "-E", "UTF8", "--no-sync");
                server.start();
                return server;
            }
        } catch (IOException e) {
            throw new IllegalStateException("no folder for PostgreSQL", e);
        }
    }

    private static Path binaries() throws IOException {
        Path root = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(root)) {
            try (Stream<Path> versions = Files.list(root)) {
                return versions.filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                        .max(Comparator.comparingInt(TestPostgres::number))
                        .orElseThrow(TestPostgres::missing)
                        .resolve("bin");
            }
        }
        throw missing();
    }

    private static int number(Path version) {
        return Integer.parseInt(version.getFileName().toString().replaceAll("\\D.*", ""));
    }

    private static IllegalStateException missing() {
        return new IllegalStateException(
                "these tests need PostgreSQL's server binaries in /usr/lib/postgresql/*/bin: apt-get install postgresql");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    /** Returns once it answers. It survives being stopped, which is all that tests do to it: nothing waits for a disk. */
    public void start() {
        run(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-t",
                "60",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-p " + port + " -k " + folder + " -c listen_addresses=127.0.0.1 -c max_connections=60 -c fsync=off",
                "start");
    }

    /** Sessions end, nothing committed is lost. */
    public void stop() {
        stop("fast");
    }

    private void stop(String mode) {
        run("pg_ctl", "-D", data(), "-w", "-m", mode, "stop");
    }

    private void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        Path output = folder.resolve(program + ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(program + " failed: " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new IllegalStateException(program + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(program + " was interrupted", e);
        }
    }

    /** An empty database of its own. */
    public String newDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return name;
    }

    public String url(String database) {
        return "postgres://ragops@127.0.0.1:" + port + "/" + database;
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, "ragops", "");
    }

    @Override
    public void close() {
        stop("immediate");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(folder + " cannot be removed", e);
        }
    }
}
