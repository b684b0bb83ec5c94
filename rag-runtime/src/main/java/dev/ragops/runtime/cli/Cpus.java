package dev.ragops.runtime.cli;

/** How many threads may compute: the CPU quota as the JVM sees it, or what RAGOPS_CPUS says where there is only a request. */
final class Cpus {
    private Cpus() {}

    static int count() {
        String given = System.getenv("RAGOPS_CPUS");
        if (given != null && given.matches("[1-9][0-9]{0,2}")) {
            return Integer.parseInt(given);
        }
        return Math.max(1, Runtime.getRuntime().availableProcessors());
    }
}
