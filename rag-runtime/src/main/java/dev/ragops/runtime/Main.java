package dev.ragops.runtime;

import dev.ragops.runtime.cli.RuntimeCommand;

/** Where the jar begins. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        int code = RuntimeCommand.execute(arguments);
        if (code >= 0) {
            System.exit(code);
        }
    }
}
